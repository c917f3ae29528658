package org.wirescale.tunnel;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.wirescale.model.InterfaceName;
import org.wirescale.os.Commands;
import org.wirescale.os.Programs;

/** The tables of our own, each loaded and removed in one nft transaction; see nft(8). */
public final class Nft {
    private static final String PREFIX = "wirescale_";

    private Nft() {}

    /** Whether there is an nft that this kernel answers: the program alone may stand on a kernel without nf_tables. */
    public static boolean works() {
        return Programs.isInstalled("nft")
                && Commands.run("nft", "list", "tables").ok();
    }

    /** {@code wirescale_bob}: the table that lives as long as the tunnel. */
    static String table(InterfaceName name) {
        return PREFIX + identifier(name);
    }

    /**
     * A further table of the tunnel. No interface's own table can have its name, since no interface's name holds a slash.
     *
     * @param part letters
     */
    static String table(InterfaceName name, String part) {
        return table(name) + "/" + part;
    }

    /** Every table that a tunnel of that interface can have. */
    static List<String> tables(InterfaceName name) {
        return List.of(table(name), table(name, "mark"), table(name, "nat"), table(name, "port"));
    }

    /**
     * The interfaces whose own tables are there.
     */
    static List<InterfaceName> interfaces() {
        return Commands.run("nft", "list", "tables")
                .stdout()
                .lines()
                .flatMap(line -> ofTable(line.strip()).stream())
                .toList();
    }

    /**
     * @param line as nft lists it, {@code table inet wirescale_bob}
     */
    private static Optional<InterfaceName> ofTable(String line) {
        String start = "table inet " + PREFIX;
        if (!line.startsWith(start)) {
            return Optional.empty();
        }
        String name = line.substring(start.length()).replace("/e", "=").replace("/closed", "closed");
        return InterfaceName.isValid(name) && line.endsWith(table(InterfaceName.parse(name)))
                ? Optional.of(InterfaceName.parse(name))
                : Optional.empty();
    }

    /**
     * The one character of an interface's name that an identifier of nft may not hold is '='. The slash, which an identifier may
     * hold and a name may not, makes the mapping one to one. The interface {@code closed} leaves {@code wirescale_closed} to the
     * exit node.
     */
    private static String identifier(InterfaceName name) {
        String identifier = name.text().replace("=", "/e");
        return identifier.equals("closed") ? "/closed" : identifier;
    }

    /**
     * Loads a table, in place of one of the same name.
     *
     * @param content what stands between the table's braces
     */
    public static void replace(String table, String content) {
        load(script(table, content));
    }

    /** What {@link #replace} loads. */
    public static String script(String table, String content) {
        return "table inet %1$s\ndelete table inet %1$s\ntable inet %1$s {\n%2$s}\n".formatted(table, content);
    }

    /** The table as the dry run shows it. */
    public static List<Detail> details(String table, String content) {
        return Stream.of(Stream.of("table inet " + table + " {"), content.lines(), Stream.of("}"))
                .flatMap(lines -> lines)
                .map(Detail::open)
                .toList();
    }

    /** Removes a table; one that is not there is no failure. */
    public static void delete(String table) {
        load("table inet %1$s\ndelete table inet %1$s\n".formatted(table));
    }

    static boolean has(String table) {
        return has(table, "");
    }

    /**
     * Whether the table is there with that in it: who empties a table leaves it.
     *
     * @param word that stands in a rule
     */
    public static boolean has(String table, String word) {
        Commands.Result result = Commands.run("nft", "list", "table", "inet", table);
        return result.ok() && result.stdout().contains(word);
    }

    /**
     * Asks nft and the kernel for a table without making it.
     *
     * @return why it cannot be; empty where it can
     */
    public static Optional<String> refusal(String table, String content) {
        Commands.Result result = Commands.Command.of("nft", "--check", "-f", "-")
                .withStdin(script(table, content))
                .run();
        return result.ok()
                ? Optional.empty()
                : Optional.of(result.stderr().lines().findFirst().orElse("no word why"));
    }

    /** Runs a script in one transaction; an empty one does nothing. */
    static void load(String script) {
        Commands.Command.of("nft", "-f", "-").withStdin(script).run().expectOk();
    }
}
