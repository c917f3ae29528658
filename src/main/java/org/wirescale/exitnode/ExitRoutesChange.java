package org.wirescale.exitnode;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.wirescale.model.InterfaceName;
import org.wirescale.os.Commands;
import org.wirescale.os.Commands.Command;
import org.wirescale.tunnel.Area;
import org.wirescale.tunnel.Change;
import org.wirescale.tunnel.ChangeContext;
import org.wirescale.tunnel.Detail;
import org.wirescale.tunnel.Progress;
import org.wirescale.tunnel.StrictJson;

/**
 * The exit node's table: a default route through the tunnel in each family that passes there, and behind it one that says that
 * nothing is reachable, which stays when the link goes.
 *
 * @param through the families that the tunnel and its far end pass
 */
record ExitRoutesChange(InterfaceName name, List<IpFamily> through) implements Change {
    static final String KIND = "exit-routes";
    private static final String LAST = "unreachable default metric 4000000000 table " + ExitNumbers.TABLE;
    private static final String METRIC = "100";

    ExitRoutesChange {
        through = List.copyOf(through);
    }

    static ExitRoutesChange read(StrictJson json) {
        return new ExitRoutesChange(json.value("name", InterfaceName::parse), json.values("through", IpFamily::parse));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String describe() {
        return "default routes by " + name + " in table " + ExitNumbers.TABLE;
    }

    @Override
    public void write(ObjectNode json) {
        json.put("name", name.text());
        ArrayNode array = json.putArray("through");
        through.forEach(family -> array.add(family.name()));
    }

    @Override
    public Change apply(ChangeContext context) {
        for (IpFamily family : IpFamily.present()) {
            Command.of("ip", family.option, "-batch", "-")
                    .withStdin(String.join("\n", lines(family)) + "\n")
                    .run()
                    .expectOk();
            if (!through.contains(family)) {
                // That of an exit node before.
                Commands.run("ip", family.option, "route", "del", "default", "metric", METRIC, "table", table());
            }
        }
        return this;
    }

    private List<String> lines(IpFamily family) {
        String last = "route replace " + LAST;
        return through.contains(family)
                ? List.of(
                        last, "route replace default dev " + name + " metric " + METRIC + " table " + ExitNumbers.TABLE)
                : List.of(last);
    }

    @Override
    public List<Detail> details(ChangeContext context) {
        return IpFamily.present().stream()
                .flatMap(family -> lines(family).stream().map(line -> "ip " + family.option + " " + line))
                .map(Detail::open)
                .toList();
    }

    /** The table is ours alone. */
    @Override
    public void undo(ChangeContext context, Progress progress) {
        for (IpFamily family : IpFamily.present()) {
            Commands.run("ip", family.option, "route", "flush", "table", table());
        }
    }

    @Override
    public Optional<Area> area() {
        return Optional.of(Area.ROUTING);
    }

    @Override
    public boolean isInPlace(ChangeContext context) {
        return missing().isEmpty();
    }

    @Override
    public String putBack(ChangeContext context) {
        String gone = String.join(", ", missing());
        apply(context);
        return gone;
    }

    /** By a link that is gone or down there is no route, and none is missing: the last one stays. */
    private List<String> missing() {
        boolean leads = isLinkUp();
        return IpFamily.present().stream()
                .flatMap(family -> {
                    String routes = Commands.run("ip", family.option, "-o", "route", "show", "table", table())
                            .stdout();
                    boolean last = routes.lines().anyMatch(line -> line.startsWith("unreachable default "));
                    boolean exit = !leads
                            || !through.contains(family)
                            || routes.lines().anyMatch(line -> line.startsWith("default dev " + name + " "));
                    String which = " of IPv" + family.option.substring(1) + " in the exit node's table";
                    return List.of(last ? "" : "unreachable default" + which, exit ? "" : "default by " + name + which)
                            .stream();
                })
                .filter(text -> !text.isEmpty())
                .collect(Collectors.toList());
    }

    private boolean isLinkUp() {
        try {
            NetworkInterface link = NetworkInterface.getByName(name.text());
            return link != null && link.isUp();
        } catch (SocketException e) {
            return false;
        }
    }

    private static String table() {
        return Long.toString(ExitNumbers.TABLE);
    }
}
