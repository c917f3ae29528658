package org.wirescale.tunnel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.wirescale.model.WirescaleException;

/**
 * One thing that the program does to the machine, with what applies it and what undoes it. A value: {@link Tunnel} writes it down
 * before and after it is applied, and reads it back after a crash through {@link ChangeKinds}.
 *
 * <p>Not sealed: the exit node's changes are of a higher package. What may stand in a state file is what {@link ChangeKinds}
 * lists, and nothing else is read.
 */
public interface Change {
    /** The word that stands for this type in state files and in the names of {@link org.wirescale.os.Trace} steps. */
    String kind();

    /** One line for the dry run and the log, without secrets. */
    String describe();

    /** Adds what {@link #undo} needs, never a secret; {@code kind} and the progress are written by the caller. */
    void write(ObjectNode json);

    /**
     * Looks at the machine before anything is written or applied.
     *
     * @return this change with what was there before, or nothing when all of it was there: that is no change, and never undone
     */
    default Optional<Change> prepare(ChangeContext context) {
        return Optional.of(this);
    }

    /**
     * What {@link #prepare} will come to once the changes before it are done, as far as that can be told while none of them is.
     *
     * @param before as they were foreseen, in their order
     */
    default Optional<Change> foresee(ChangeContext context, List<Change> before) {
        return prepare(context);
    }

    /** What the dry run shows below {@link #describe}, of a change that was foreseen. */
    default List<Detail> details(ChangeContext context) {
        return List.of();
    }

    /**
     * Does it.
     *
     * @return this change with what only doing it could tell, such as an ifindex
     * @throws WirescaleException when it cannot be done; {@link #undo} with {@link Progress#INTENDED} follows
     */
    Change apply(ChangeContext context);

    /**
     * What to do in this change's place when {@link #apply} failed so: wireguard-go for a kernel without WireGuard. The failed
     * one is undone first.
     */
    default Optional<Change> instead(WirescaleException failure) {
        return Optional.empty();
    }

    /**
     * Takes it back. Doing so twice, or when others took it away already, is no failure. Needs no disk space.
     *
     * @param progress {@link Progress#INTENDED} when it is not known whether, or how far, it was applied: then only what is
     *     found to be ours (a link by its key, a rule by its comment) is taken back
     */
    void undo(ChangeContext context, Progress progress);

    /** Whether what was applied still stands; others (firewalld, {@code nft flush}) remove things. */
    default boolean isInPlace(ChangeContext context) {
        return true;
    }

    /** Where it shows that others took it away; empty for what nobody looks after: it is theirs to take away, or never missing. */
    default Optional<Area> area() {
        return Optional.empty();
    }

    /** Whether {@link #putBack} can do it again; else a person is told, once. */
    default boolean canPutBack() {
        return true;
    }

    /**
     * Does again what others took away, and no more than that. Asked only while it is not {@linkplain #isInPlace in place}.
     *
     * @return what was gone, for the log: {@code address 10.77.0.1/32 of bob}
     * @throws WirescaleException when it cannot be done
     */
    default String putBack(ChangeContext context) {
        apply(context);
        return describe();
    }
}
