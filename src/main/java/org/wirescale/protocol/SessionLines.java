package org.wirescale.protocol;

import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.SessionToken;

/**
 * The lines of one session as users and the journal see them, each behind {@code <uid> - } exactly once, so that one search
 * follows the session on both machines.
 *
 * @param uid the last six characters of the session's token
 * @param peer the peer's name as our own tailnet's answer to whois gives it
 * @param addresses the peer's Tailscale addresses, by the same word
 */
public record SessionLines(String uid, String peer, Set<IpAddress> addresses) {
    private static final String BEHIND_UID = " - ";
    private static final Pattern REMOTE =
            Pattern.compile("Remote peer '([^']{1,253})' \\(([0-9a-fA-F.:]{2,45})\\) (.*)");
    private static final String ENQUEUED = "has enqueued our request";
    private static final String UPGRADE_STARTED = "has started to process our upgrade request";
    private static final String RECOVER_STARTED_FOR =
            "has started to process our recover request for their local interface '";
    private static final Pattern RECOVER_STARTED = Pattern.compile(RECOVER_STARTED_FOR + "([^']{1,15})'");
    private static final Pattern VERSIONS =
            Pattern.compile("Remote peer runs Wirescale [0-9A-Za-z.+-]{1,32}, this machine runs [0-9A-Za-z.+-]{1,32}"
                    // 1.0.3's.
                    + "|Warning: Your wirescale version doesn't match the remote peer's one"
                    + " \\([0-9A-Za-z.+-]{1,32} ≠ [0-9A-Za-z.+-]{1,32}\\)\\. Errors may occur");

    public SessionLines {
        addresses = Set.copyOf(addresses);
    }

    public static SessionLines of(SessionToken token, String peer, Set<IpAddress> addresses) {
        return new SessionLines(token.uid(), peer, addresses);
    }

    /** A line of our own behind the uid; one that has it already stays as it is. */
    public String ours(String line) {
        String prefix = uid + BEHIND_UID;
        return line.startsWith(prefix) ? line : prefix + line;
    }

    /**
     * A line that the peer sent. The lines that the protocol provides for are shown as they are, when they speak of this very
     * peer; any other must not pass for a line of this machine, and stands behind {@code <peer> says: }.
     */
    public String theirs(String message) {
        String clean = HostileText.clean(message);
        String prefix = uid + BEHIND_UID;
        String line = clean.startsWith(prefix) ? clean.substring(prefix.length()) : clean;
        return prefix + (isProvidedFor(line) ? line : HostileText.clean(peer) + " says: " + line);
    }

    /** What a responder sends when it has queued a request. */
    public static String enqueued(SessionToken token, String ownName, IpAddress ownAddress) {
        return token.uid() + BEHIND_UID + "Remote peer '" + ownName + "' (" + ownAddress + ") " + ENQUEUED;
    }

    /** What a responder sends when it begins with an {@code upgrade}. */
    public static String upgradeStarted(SessionToken token, String ownName, IpAddress ownAddress) {
        return token.uid() + BEHIND_UID + "Remote peer '" + ownName + "' (" + ownAddress + ") " + UPGRADE_STARTED;
    }

    /** What a responder sends when it begins with a {@code recover}. */
    public static String recoverStarted(
            SessionToken token, String ownName, IpAddress ownAddress, InterfaceName ownInterface) {
        return token.uid() + BEHIND_UID + "Remote peer '" + ownName + "' (" + ownAddress + ") " + RECOVER_STARTED_FOR
                + ownInterface + "'";
    }

    /** The warning for the other side when the versions differ. */
    public static String versionsDiffer(SessionToken token, String ownVersion, String theirVersion) {
        return token.uid() + BEHIND_UID + "Remote peer runs Wirescale " + ownVersion + ", this machine runs "
                + theirVersion;
    }

    private boolean isProvidedFor(String line) {
        if (VERSIONS.matcher(line).matches()) {
            return true;
        }
        Matcher remote = REMOTE.matcher(line);
        if (!remote.matches()
                || !isThePeer(remote.group(1))
                || !IpAddress.isValid(remote.group(2))
                || !addresses.contains(IpAddress.parse(remote.group(2)))) {
            return false;
        }
        String what = remote.group(3);
        Matcher recover = RECOVER_STARTED.matcher(what);
        return List.of(ENQUEUED, UPGRADE_STARTED).contains(what)
                || (recover.matches() && InterfaceName.isValid(recover.group(1)));
    }

    /** A node shared in from another tailnet calls itself by its short name; here it has its full one. */
    private boolean isThePeer(String name) {
        return name.equals(peer) || peer.startsWith(name + ".");
    }
}
