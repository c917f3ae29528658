package org.wirescale.tunnel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.PublicKey;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;
import org.wirescale.os.Commands.Command;
import org.wirescale.os.Folders;
import org.wirescale.os.Programs;
import org.wirescale.os.Systemd;

/**
 * What is left of a tunnel whose state file is lost, found by names that are ours alone: units, tables of nft, rules with our comment,
 * the generated file, and the link where it has the key of that file. What else there was (the user's hooks, DNS, kernel settings,
 * firewalld's zones) nobody knows any more.
 *
 * <p>The caller holds the interface's lock.
 */
public final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
    private static final String PRIVATE_KEY = "PrivateKey = ";
    private static final List<String> RULE_TABLES = List.of("filter", "mangle", "nat", "raw");

    private final Folders folders;
    private final InterfaceName name;
    private final List<String> removed = new ArrayList<>();

    private Leftovers(Folders folders, InterfaceName name) {
        this.folders = folders;
        this.name = name;
    }

    /**
     * Removes what there is, whatever single step fails.
     *
     * @return what was removed, in words; empty when nothing was found
     */
    public static List<String> remove(Folders folders, InterfaceName name) {
        Leftovers leftovers = new Leftovers(folders, name);
        // The key is looked at before the file goes.
        leftovers.attempt(leftovers::link);
        leftovers.attempt(() -> leftovers.unit(AutoremoveUnitChange.unit(name)));
        leftovers.attempt(() -> leftovers.unit(new UserspaceLinkChange(name).unit()));
        leftovers.attempt(leftovers::tables);
        for (String program : List.of("iptables", "ip6tables")) {
            leftovers.attempt(() -> leftovers.rules(program));
        }
        leftovers.attempt(leftovers::files);
        return List.copyOf(leftovers.removed);
    }

    /**
     * The interfaces of which there is something that has no state file, for who only looks. What a tunnel leaves for some seconds by
     * itself does not count.
     */
    public static List<InterfaceName> abandoned(Folders folders) {
        Set<InterfaceName> names = new TreeSet<>(GeneratedFileChange.interfaces(folders));
        if (Systemd.isBooted()) {
            names.addAll(UserspaceLinkChange.interfaces());
        }
        if (Nft.works()) {
            names.addAll(Nft.interfaces());
        }
        // Looked at last: a state file is there before all else, and goes after it.
        StateFolder.names(folders).forEach(names::remove);
        return List.copyOf(names);
    }

    private void attempt(Runnable step) {
        try {
            step.run();
        } catch (WirescaleException e) {
            LOG.warn("{}: a part of what is left was not removed: {}", name, e.getMessage());
        }
    }

    private void link() {
        Optional<PublicKey> its = WireGuard.show(name).flatMap(WireGuard.Status::publicKey);
        if (its.isPresent() && its.equals(writtenKey())) {
            LinkChange.delete(name);
            removed.add("the link '" + name + "'");
        }
    }

    /** Of the private key in the generated file. */
    private Optional<PublicKey> writtenKey() {
        try (Stream<String> lines = Files.lines(GeneratedFileChange.path(folders, name))) {
            Optional<String> key = lines.filter(line -> line.startsWith(PRIVATE_KEY))
                    .map(line -> line.substring(PRIVATE_KEY.length()).strip())
                    .findFirst();
            return key.map(secret ->
                            Command.of("wg", "pubkey").withStdin(secret + "\n").run())
                    .filter(Commands.Result::ok)
                    .map(result -> PublicKey.parse(result.stdout().strip()));
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private void unit(String unit) {
        if (Systemd.isBooted()
                && !TunnelUnits.runsWithin(unit)
                && Systemd.unit(unit).loaded()) {
            Systemd.stop(unit);
            removed.add(unit);
        }
    }

    private void tables() {
        if (!Nft.works()) {
            return;
        }
        for (String table : Nft.tables(name)) {
            if (Nft.has(table)) {
                Nft.delete(table);
                removed.add("the nft table '" + table + "'");
            }
        }
    }

    private void rules(String program) {
        if (!Programs.isInstalled(program)) {
            return;
        }
        int found = 0;
        for (String table : RULE_TABLES) {
            Commands.Result rules = Commands.run(program, "-w", "5", "-t", table, "-S");
            for (List<String> rule : ours(rules.stdout(), name)) {
                List<String> command = new ArrayList<>(List.of(program, "-w", "5", "-t", table));
                command.addAll(rule);
                Command.of(command).run().expectOk();
                found++;
            }
        }
        if (found > 0) {
            removed.add(found + (found == 1 ? " rule" : " rules") + " of " + program);
        }
    }

    /** The arguments that delete those of our rules in what {@code iptables -S} printed, {@code -A INPUT -i bob …}. */
    static List<List<String>> ours(String rules, InterfaceName name) {
        String comment = IptablesRule.comment(name);
        return rules.lines()
                .map(line -> List.of(line.replace("\"", "").split(" ")))
                .filter(words -> words.getFirst().equals("-A")
                        && Collections.indexOfSubList(words, List.of("--comment", comment)) > 0)
                .map(words ->
                        Stream.concat(Stream.of("-D"), words.stream().skip(1)).toList())
                .toList();
    }

    private void files() {
        List<Path> files = List.of(
                GeneratedFileChange.path(folders, name),
                AutoremoveUnitChange.script(folders, name),
                AutoremoveUnitChange.events(folders, name));
        for (Path file : files) {
            try {
                if (Files.deleteIfExists(file)) {
                    removed.add(file.toString());
                }
            } catch (IOException e) {
                LOG.warn("{} cannot be removed: {}", file, SmallFiles.why(e));
            }
        }
    }
}
