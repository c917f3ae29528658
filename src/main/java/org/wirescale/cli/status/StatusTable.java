package org.wirescale.cli.status;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wirescale.model.Endpoint;
import org.wirescale.os.Systemd.ActiveState;
import org.wirescale.tunnel.PastRecoveries;
import org.wirescale.tunnel.TunnelSummary;

/** For a person: one row a tunnel. What is not known is a dash. */
final class StatusTable {
    static final String NO_TUNNELS = "There are no tunnels: 'wirescale upgrade PEER' makes one";

    /** WireGuard gives a session up after that many seconds (REJECT_AFTER_TIME). */
    private static final int OLD_HANDSHAKE = 180;

    private static final String UNKNOWN = "-";
    private static final String GAP = "  ";
    private static final String RESET = "\u001b[0m";
    private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB");

    private enum Paint {
        NONE(""),
        HEADING("\u001b[1m"),
        GOOD("\u001b[32m"),
        ODD("\u001b[33m"),
        BAD("\u001b[31m");

        private final String code;

        Paint(String code) {
            this.code = code;
        }

        private String on(String text) {
            return this == NONE ? text : code + text + RESET;
        }
    }

    private record Cell(String text, Paint paint) {
        Cell(String text) {
            this(text, Paint.NONE);
        }
    }

    private final Snapshot now;
    private final boolean rates;
    private final Optional<Snapshot> earlier;

    private StatusTable(Snapshot now, boolean rates, Optional<Snapshot> earlier) {
        this.now = now;
        this.rates = rates;
        this.earlier = earlier;
    }

    /** The lines of the table; one that says so where there are no tunnels. */
    static List<String> lines(Snapshot now, boolean colours) {
        return new StatusTable(now, false, Optional.empty()).lines(colours);
    }

    /**
     * The same with what goes through each tunnel in a second.
     *
     * @param earlier empty: not known yet
     */
    static List<String> linesWithRates(Snapshot now, Optional<Snapshot> earlier, boolean colours) {
        return new StatusTable(now, true, earlier).lines(colours);
    }

    private List<String> lines(boolean colours) {
        if (now.tunnels().isEmpty()) {
            return List.of(NO_TUNNELS);
        }
        List<List<Cell>> rows = new ArrayList<>();
        rows.add(headings());
        now.tunnels().forEach(tunnel -> rows.add(row(tunnel)));
        return aligned(rows, colours);
    }

    private List<Cell> headings() {
        List<String> words =
                new ArrayList<>(List.of("INTERFACE", "PEER", "STATE", "ENDPOINT", "HANDSHAKE", "RECEIVED", "SENT"));
        if (rates) {
            words.addAll(List.of("RECEIVED/S", "SENT/S"));
        }
        words.addAll(List.of("MADE", "WATCHER", "RECOVERED", "EXIT-NODE"));
        return words.stream().map(word -> new Cell(word, Paint.HEADING)).toList();
    }

    private List<Cell> row(TunnelStatus tunnel) {
        List<Cell> row = new ArrayList<>();
        row.add(new Cell(tunnel.iface().text()));
        row.add(new Cell(tunnel.peerName().orElse(UNKNOWN)));
        row.add(condition(tunnel));
        row.add(new Cell(tunnel.endpoint().map(Endpoint::toString).orElse(UNKNOWN)));
        row.add(handshake(tunnel));
        addTraffic(row, tunnel.traffic(), "");
        if (rates) {
            addTraffic(row, earlier.flatMap(before -> now.perSecond(tunnel, before)), "/s");
        }
        row.add(made(tunnel));
        row.add(watcher(tunnel));
        row.add(recovered(tunnel));
        row.add(tunnel.exitNode() ? new Cell("yes", Paint.HEADING) : new Cell(UNKNOWN));
        return row;
    }

    private static Cell condition(TunnelStatus tunnel) {
        if (tunnel.condition().isEmpty()) {
            return new Cell(UNKNOWN);
        }
        Condition condition = tunnel.condition().get();
        Paint paint = switch (condition) {
            case UP -> Paint.GOOD;
            case BUILDING, RECOVERING, REMOVING -> Paint.ODD;
            case GONE, RECREATING -> Paint.BAD;
        };
        return new Cell(condition.word(), paint);
    }

    private Cell handshake(TunnelStatus tunnel) {
        if (tunnel.state().isEmpty()) {
            return new Cell(UNKNOWN);
        }
        if (tunnel.latestHandshake().isEmpty()) {
            return new Cell("never", Paint.ODD);
        }
        long age = now.at().getEpochSecond() - tunnel.latestHandshake().getAsLong();
        return new Cell(age(age) + " ago", age > OLD_HANDSHAKE ? Paint.ODD : Paint.NONE);
    }

    private static void addTraffic(List<Cell> row, Optional<Traffic> traffic, String behind) {
        row.add(new Cell(traffic.map(found -> bytes(found.received()) + behind).orElse(UNKNOWN)));
        row.add(new Cell(traffic.map(found -> bytes(found.sent()) + behind).orElse(UNKNOWN)));
    }

    private static Cell made(TunnelStatus tunnel) {
        List<String> words = new ArrayList<>();
        tunnel.way().ifPresent(words::add);
        tunnel.role().ifPresent(words::add);
        return new Cell(words.isEmpty() ? UNKNOWN : String.join(", ", words));
    }

    private static Cell watcher(TunnelStatus tunnel) {
        if (tunnel.watcher().isEmpty()) {
            return new Cell(UNKNOWN);
        }
        ActiveState state = tunnel.watcher().get();
        Paint paint = switch (state) {
            case ACTIVE -> Paint.NONE;
            case RELOADING, ACTIVATING, DEACTIVATING, MAINTENANCE, REFRESHING, OTHER -> Paint.ODD;
            case INACTIVE, FAILED -> Paint.BAD;
        };
        return new Cell(state.word(), paint);
    }

    private Cell recovered(TunnelStatus tunnel) {
        PastRecoveries past = tunnel.state().map(TunnelSummary::recoveries).orElse(PastRecoveries.NONE);
        if (past.isEmpty()) {
            return new Cell(UNKNOWN);
        }
        String ago = age(now.at().getEpochSecond() - past.last()) + " ago";
        return past.lastWorked() ? new Cell(ago) : new Cell("put back " + ago, Paint.ODD);
    }

    private static List<String> aligned(List<List<Cell>> rows, boolean colours) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<Cell> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).text().length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<Cell> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                Cell cell = row.get(i);
                line.append(colours ? cell.paint().on(cell.text()) : cell.text());
                if (i < columns - 1) {
                    line.repeat(' ', widths[i] - cell.text().length()).append(GAP);
                }
            }
            lines.add(line.toString());
        }
        return lines;
    }

    /** The two largest units; a clock that was set back makes no age negative. */
    static String age(long seconds) {
        long s = Math.max(0, seconds);
        if (s < 60) {
            return s + "s";
        }
        if (s < 3600) {
            return s / 60 + "m " + s % 60 + "s";
        }
        return s < 86_400 ? s / 3600 + "h " + s % 3600 / 60 + "m" : s / 86_400 + "d " + s % 86_400 / 3600 + "h";
    }

    /** As wg(8) writes it. Rounded down, so that nothing shows as 1024 of a unit. */
    static String bytes(long number) {
        int unit = 0;
        while (unit < UNITS.size() - 1 && (number >> (10 * (unit + 1))) > 0) {
            unit++;
        }
        long whole = number >> (10 * unit);
        if (unit == 0) {
            return whole + " B";
        }
        // The 20 bits below are exact enough, and a hundred times them is no overflow.
        int bits = Math.min(20, 10 * unit);
        long below = (number >> (10 * unit - bits)) & ((1L << bits) - 1);
        long hundredths = (below * 100) >> bits;
        String fraction = (hundredths < 10 ? ".0" : ".") + hundredths;
        return whole + fraction + " " + UNITS.get(unit);
    }
}
