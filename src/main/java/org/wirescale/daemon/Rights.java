package org.wirescale.daemon;

import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;
import org.wirescale.protocol.LocalRequest;

/**
 * Who may ask for what: everybody for status and a plain upgrade, root and the group {@value #GROUP} for the rest of it, root alone
 * for what concerns a tunnel that stands.
 */
public final class Rights {
    public static final String GROUP = "wirescale";

    private final IntPredicate isMember;

    /**
     * @param isMember whether a uid belongs to the group; asked at most once a request
     */
    Rights(IntPredicate isMember) {
        this.isMember = isMember;
    }

    /** By the machine's user database, as it is at the moment of each request. */
    static Rights ofThisMachine() {
        return new Rights(Rights::isInGroup);
    }

    /**
     * @throws WirescaleException with {@link LocalReason#NOT_ALLOWED}
     */
    void check(Caller caller, LocalRequest request) {
        boolean privileged = switch (request) {
            case LocalRequest.Status _ -> false;
            case LocalRequest.Upgrade upgrade -> upgrade.isPrivileged();
            case LocalRequest.DryRun(LocalRequest.Upgrade upgrade) -> upgrade.isPrivileged();
            case LocalRequest.Recover _, LocalRequest.Down _ -> {
                if (!caller.isRoot()) {
                    throw WirescaleException.of(LocalReason.ROOT_ONLY);
                }
                yield false;
            }
        };
        if (privileged && !caller.isRoot() && !isMember.test(caller.uid())) {
            throw WirescaleException.of(LocalReason.NOT_ALLOWED);
        }
    }

    /**
     * The kernel tells a process's groups of its start; the database tells those of now, and it is asked by number: a name could be
     * one of digits.
     */
    public static boolean isInGroup(int uid) {
        Optional<String> group = groupId();
        if (group.isEmpty()) {
            return false;
        }
        Commands.Result groups = Commands.run("id", "-G", "+" + Integer.toUnsignedString(uid));
        return groups.ok() && List.of(groups.stdout().strip().split(" ")).contains(group.get());
    }

    /** The group's number; empty where there is no such group. */
    public static Optional<String> groupId() {
        Commands.Result group = Commands.run("getent", "group", GROUP);
        List<String> fields = List.of(group.stdout().strip().split(":"));
        return group.ok() && fields.size() >= 3 ? Optional.of(fields.get(2)) : Optional.empty();
    }
}
