package org.wirescale.tunnel;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.PublicKey;
import org.wirescale.os.Commands;
import org.wirescale.os.Commands.Command;
import org.wirescale.os.Commands.Result;

/**
 * A network link as {@code ip -o link show} prints it. Not read from {@code /sys/class/net}, which shows another network
 * namespace when it was mounted in one.
 *
 * @param ifindex the kernel's number, which no later link of the same name has
 * @param mtu bytes
 */
record Link(String name, int ifindex, int mtu, boolean isUp) {
    private static final Pattern LINE = Pattern.compile("^([0-9]+): ([^:@ ]+)(?:@[^:]+)?: <([^>]*)>.*? mtu ([0-9]+)");

    static Optional<Link> find(String name) {
        Result result = Commands.run("ip", "-o", "link", "show", "dev", name);
        return result.ok() ? parse(result.stdout()) : Optional.empty();
    }

    /** The link of one line; empty when the text is something else. */
    static Optional<Link> parse(String line) {
        Matcher found = LINE.matcher(line);
        if (!found.find()) {
            return Optional.empty();
        }
        return Optional.of(new Link(
                found.group(2),
                Integer.parseInt(found.group(1)),
                Integer.parseInt(found.group(4)),
                (',' + found.group(3) + ',').contains(",UP,")));
    }

    /**
     * Runs the lines as one {@code ip -batch}: no other program sees the machine between two of them for longer than it takes.
     *
     * @throws org.wirescale.model.WirescaleException when one of them fails; those before it stay done
     */
    static Result batch(String... lines) {
        return batchCommand(lines).run().expectOk();
    }

    static Command batchCommand(String... lines) {
        return Command.of("ip", "-o", "-batch", "-").withStdin(String.join("\n", lines) + "\n");
    }

    /**
     * Whether the link of that name is the one of the tunnel: by ifindex where it is known, else by our public key. A link
     * without any key is taken for ours too: it is what a crash between making and setting the key leaves.
     */
    static boolean isOurs(InterfaceName name, OptionalInt ifindex, PublicKey publicKey) {
        Optional<Link> link = find(name.text());
        if (link.isEmpty()) {
            return false;
        }
        if (ifindex.isPresent()) {
            return link.get().ifindex() == ifindex.getAsInt();
        }
        return WireGuard.show(name)
                .filter(status ->
                        status.publicKey().isEmpty() || status.publicKey().get().equals(publicKey))
                .isPresent();
    }
}
