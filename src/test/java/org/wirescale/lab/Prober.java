package org.wirescale.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Pings an address every 50 ms from within a host, and counts what did not come back. */
final class Prober {
    static final Duration INTERVAL = Duration.ofMillis(50);

    private static final Pattern REPLY =
            Pattern.compile("^\\[(\\d+\\.\\d+)\\] .*icmp_seq=(\\d+) .*time=([0-9.]+) ms.*");

    /**
     * @param sent pings whose fate is known
     * @param lost those of them without an answer
     * @param silence the longest time between two answers
     */
    record Tally(int sent, int lost, Duration silence) {
        @Override
        public String toString() {
            return "%d of %d lost, silent for at most %.3f s".formatted(lost, sent, silence.toNanos() / 1e9);
        }
    }

    private record Reply(int sequence, double at, double roundTrip) {
        double sentAt() {
            return at - roundTrip;
        }
    }

    private final Run run;
    private final String what;

    Prober(Host from, String address) {
        what = "an answer to a ping from " + from.name() + " to " + address;
        run = from.start("ping", "-n", "-D", "-i", Double.toString(INTERVAL.toMillis() / 1000.0), address);
        awaitReply(0, Duration.ofSeconds(60));
    }

    /** Waits for an answer to a ping that was sent from now on, then stops and counts. */
    Tally finish() {
        return finish(Duration.ofSeconds(60));
    }

    /**
     * @param atMost how long it waits for that answer
     */
    Tally finish(Duration atMost) {
        awaitReply(System.currentTimeMillis() / 1000.0, atMost);
        run.signal("INT");
        run.finish(Duration.ofSeconds(5));
        List<Reply> replies = replies();
        int first = replies.getFirst().sequence;
        int last = replies.stream().mapToInt(Reply::sequence).max().orElse(first);
        double silence = 0;
        for (int i = 1; i < replies.size(); i++) {
            silence = Math.max(silence, replies.get(i).at - replies.get(i - 1).at);
        }
        int sent = last - first + 1;
        return new Tally(sent, sent - replies.size(), Duration.ofNanos((long) (silence * 1e9)));
    }

    /** An answer to a ping sent after this moment, in seconds of the epoch. */
    private void awaitReply(double after, Duration atMost) {
        Await.until(atMost, what, () -> replies().stream().anyMatch(reply -> reply.sentAt() > after));
    }

    private List<Reply> replies() {
        List<Reply> replies = new ArrayList<>();
        for (Run.Line line : run.output()) {
            Matcher matcher = REPLY.matcher(line.text());
            if (matcher.matches() && !line.text().contains("DUP")) {
                replies.add(new Reply(
                        Integer.parseInt(matcher.group(2)),
                        Double.parseDouble(matcher.group(1)),
                        Double.parseDouble(matcher.group(3)) / 1000));
            }
        }
        return replies;
    }
}
