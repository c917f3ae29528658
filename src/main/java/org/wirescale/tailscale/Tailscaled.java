package org.wirescale.tailscale;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.wirescale.model.Port;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;
import org.wirescale.os.Commands.Result;
import org.wirescale.os.Sockets.Family;

/**
 * The process of tailscaled, as {@code /proc} shows it. Looking at its descriptors wants root.
 *
 * @param ofUnit whether it is the main process of {@code tailscaled.service}
 */
record Tailscaled(long pid, boolean ofUnit) {
    static final String UNIT = "tailscaled.service";
    private static final Path SYSTEMD = Path.of("/run/systemd/system");

    /**
     * A UDP socket of tailscaled.
     *
     * @param number of its descriptor in tailscaled
     */
    record Owned(int number, UdpTable.Entry entry) {
        Port port() {
            return entry.port();
        }

        Family family() {
            return entry.family();
        }

        long inode() {
            return entry.inode();
        }
    }

    /**
     * The main process of the unit; where tailscaled is no unit, the one that answers LocalAPI.
     *
     * @throws WirescaleException with {@link TailscaleReason#NOT_RUNNING}
     */
    static Tailscaled find(LocalApi api) {
        Optional<Long> main = mainPid();
        if (main.isPresent()) {
            return new Tailscaled(main.get(), true);
        }
        try (RebindConnection connection = api.connectForRebind()) {
            return new Tailscaled(connection.peerPid(), false);
        }
    }

    /** The main process of the unit while it is active. */
    static Optional<Long> mainPid() {
        if (!Files.isDirectory(SYSTEMD)) {
            return Optional.empty();
        }
        Result result = Commands.run("systemctl", "show", "--property=MainPID", "--value", UNIT);
        String text = result.stdout().strip();
        return result.ok() && text.matches("[1-9][0-9]{0,9}") ? Optional.of(Long.parseLong(text)) : Optional.empty();
    }

    private Path folder() {
        return Path.of("/proc", Long.toString(pid));
    }

    /**
     * Whether its sockets are in the network that this process is in.
     *
     * @throws WirescaleException with {@link TailscaleReason#TAILSCALED_ENDED}, or {@link TailscaleReason#NO_PORT} when this
     *     process may not look
     */
    boolean isInOurNetwork() {
        try {
            return Files.readSymbolicLink(folder().resolve("ns/net"))
                    .equals(Files.readSymbolicLink(Path.of("/proc/self/ns/net")));
        } catch (AccessDeniedException e) {
            throw mayNotLook(e);
        } catch (IOException e) {
            throw WirescaleException.causedBy(e, TailscaleReason.TAILSCALED_ENDED);
        }
    }

    private static WirescaleException mayNotLook(AccessDeniedException cause) {
        return WirescaleException.causedBy(
                cause,
                TailscaleReason.NO_PORT,
                "why",
                "only root with CAP_SYS_PTRACE may look at the sockets of tailscaled");
    }

    /**
     * Its bound UDP sockets.
     *
     * @throws WirescaleException with {@link TailscaleReason#TAILSCALED_ENDED}, or {@link TailscaleReason#NO_PORT} when this
     *     process may not look
     */
    List<Owned> sockets() {
        try {
            Map<Long, UdpTable.Entry> byInode = UdpTable.of(folder()).stream()
                    .collect(Collectors.toMap(UdpTable.Entry::inode, entry -> entry, (first, _) -> first));
            List<Owned> sockets = new ArrayList<>();
            try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(folder().resolve("fd"))) {
                for (Path descriptor : descriptors) {
                    Optional.ofNullable(byInode.get(inode(descriptor)))
                            .ifPresent(entry -> sockets.add(new Owned(
                                    Integer.parseInt(descriptor.getFileName().toString()), entry)));
                }
            }
            return sockets;
        } catch (AccessDeniedException e) {
            throw mayNotLook(e);
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            throw WirescaleException.causedBy(e, TailscaleReason.TAILSCALED_ENDED);
        }
    }

    /** The inode of a descriptor that is a socket; 0, which no socket has, for any other and one that was closed meanwhile. */
    private static long inode(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith("socket:[") ? Long.parseLong(target.substring(8, target.length() - 1)) : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
