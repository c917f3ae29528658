package org.wirescale.tunnel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands.Command;
import org.wirescale.os.Folders;
import org.wirescale.os.Systemd;

/**
 * {@code autoremove-<interface>.service}: a small shell script that keeps the NAT mapping alive, has a dead tunnel recovered, takes
 * it down where that fails, or when somebody else took its interface away, and then has it built anew. To be applied last.
 *
 * @param address the peer's inside the tunnel
 * @param userspace whether the link is wireguard-go's, which counts received bytes itself
 * @param session the uid that the script's log lines are found by
 * @param nat whether both ends are behind one
 * @param recreation how to build the tunnel anew, with the tries to recover it before
 */
public record AutoremoveUnitChange(
        IpAddress address, boolean userspace, String session, boolean nat, Recreation recreation) implements Change {
    static final String KIND = "autoremove-unit";

    /** Tells {@code wirescale down} which interface the script means; another of that name is left alone. */
    public static final String IFINDEX_VARIABLE = "WIRESCALE_IFINDEX";

    /** What the script's lines stand behind. */
    private static final String UID_VARIABLE = "WIRESCALE_UID";

    private static final List<String> PARTS = List.of("watch.sh", "recover.sh", "end.sh");

    /**
     * For the tunnel as it was built.
     *
     * @param nat whether both ends are behind a NAT
     */
    public static AutoremoveUnitChange watching(TunnelState state, IpAddress address, boolean nat) {
        boolean userspace = state.entries().stream().anyMatch(entry -> entry.change() instanceof UserspaceLinkChange);
        TunnelHeader header = state.header();
        return new AutoremoveUnitChange(address, userspace, header.session(), nat, Recreation.of(header));
    }

    static AutoremoveUnitChange read(StrictJson json) {
        return new AutoremoveUnitChange(
                json.value("address", IpAddress::parse),
                json.flag("userspace"),
                json.text("session"),
                json.flag("nat"),
                Recreation.read(json.object("recreation")));
    }

    @Override
    public void write(ObjectNode json) {
        json.put("address", address.toString());
        json.put("userspace", userspace);
        json.put("session", session);
        json.put("nat", nat);
        recreation.write(json.putObject("recreation"));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String describe() {
        return "unit that watches the tunnel by " + address;
    }

    @Override
    public List<Detail> details(ChangeContext context) {
        TunnelOptions options = recreation.options();
        return List.of(
                Detail.open("unit " + unit(context.interfaceName())),
                Detail.open("recover-tries " + options.recoverTries() + ", recreate-tries " + options.recreateTries()));
    }

    /** What the seed's line names: {@code autoremove-bob.service}. */
    public static String unit(InterfaceName name) {
        return TunnelUnits.unit("autoremove", name.text());
    }

    /**
     * A FIFO that is there while the script runs. A line {@code check} makes it look at once whether the tunnel still lives; to be
     * written without waiting, since the script may be ending.
     */
    public static Path events(Folders folders, InterfaceName name) {
        return folders.control().resolve("autoremove-" + name + ".events");
    }

    static Path script(ChangeContext context) {
        return script(context.folders(), context.interfaceName());
    }

    static Path script(Folders folders, InterfaceName name) {
        return folders.control().resolve("autoremove-" + name + ".sh");
    }

    /**
     * @throws IllegalStateException without a link that was made
     */
    List<String> command(ChangeContext context) {
        InterfaceName name = context.interfaceName();
        int ifindex =
                context.ifindex().orElseThrow(() -> new IllegalStateException("only a link that is there is watched"));
        return TunnelUnits.run(
                unit(name),
                "Watches the Wirescale tunnel " + name,
                session,
                List.of(
                        "--property=SyslogIdentifier=autoremove-" + name,
                        "--property=TimeoutStopSec=5",
                        // It ends by itself only when there is nothing left to watch or when it could not do its work.
                        "--property=Restart=on-failure",
                        "--property=RestartSec=30",
                        "--setenv=" + UID_VARIABLE + "=" + session),
                watch(context, ifindex));
    }

    private List<String> watch(ChangeContext context, int ifindex) {
        InterfaceName name = context.interfaceName();
        List<String> words = new ArrayList<>(List.of(
                "/bin/sh",
                script(context).toString(),
                "watch",
                name.text(),
                Integer.toString(ifindex),
                BootId.current(),
                address.toString(),
                userspace ? "userspace" : "kernel",
                nat ? "nat" : "direct"));
        words.addAll(recreation.arguments(name));
        return List.copyOf(words);
    }

    /** Where there is no systemd, in tests, nobody watches. */
    @Override
    public Optional<Change> prepare(ChangeContext context) {
        return UserspaceLinkChange.underSystemd() ? Optional.of(this) : Optional.empty();
    }

    @Override
    public Change apply(ChangeContext context) {
        writeScript(context);
        Command command = Command.of(command(context));
        if (!command.run().ok()) {
            // One of an earlier tunnel of that name is still ending.
            Systemd.stop(unit(context.interfaceName()));
            command.run().expectOk();
        }
        return this;
    }

    /** The unit itself takes the tunnel down, too; then it ends when that is done. */
    @Override
    public void undo(ChangeContext context, Progress progress) {
        String unit = unit(context.interfaceName());
        if (!TunnelUnits.runsWithin(unit)) {
            Systemd.stop(unit);
        }
        delete(script(context));
        delete(events(context.folders(), context.interfaceName()));
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    @Override
    public boolean isInPlace(ChangeContext context) {
        return Systemd.unit(unit(context.interfaceName())).isRunning();
    }

    static void writeScript(ChangeContext context) {
        Path script = script(context);
        try {
            SmallFiles.replace(script, text());
        } catch (IOException e) {
            throw unwritable(script, e);
        }
    }

    /** The script is one file where it runs. */
    private static byte[] text() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (String part : PARTS) {
            try (InputStream resource = AutoremoveUnitChange.class.getResourceAsStream("autoremove/" + part)) {
                if (resource == null) {
                    throw new IllegalStateException("the program was built without " + part);
                }
                resource.transferTo(text);
            }
        }
        return text.toByteArray();
    }

    private static WirescaleException unwritable(Path file, IOException e) {
        return WirescaleException.causedBy(e, TunnelReason.FILE_UNWRITABLE, "file", file, "error", SmallFiles.why(e));
    }
}
