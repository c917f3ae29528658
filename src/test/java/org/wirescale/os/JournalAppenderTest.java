package org.wirescale.os;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class JournalAppenderTest {
    @TempDir
    private Path folder;

    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    private final LogbackMDCAdapter mdc = new LogbackMDCAdapter();

    private Logger logger(boolean traces) {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(mdc);
        JournalAppender appender = new JournalAppender(path().toString(), stderr, traces);
        appender.setContext(context);
        appender.start();
        Logger logger = context.getLogger("test");
        logger.addAppender(appender);
        return logger;
    }

    private Path path() {
        return folder.resolve("journal");
    }

    /** Reads journald's native format as its description has it. */
    private static Map<String, String> fields(String datagram) {
        Map<String, String> fields = new LinkedHashMap<>();
        ByteBuffer bytes =
                ByteBuffer.wrap(datagram.getBytes(StandardCharsets.UTF_8)).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            StringBuilder name = new StringBuilder();
            for (char c = (char) bytes.get(); c != '\n'; c = (char) bytes.get()) {
                name.append(c);
            }
            byte[] value = new byte[(int) bytes.getLong()];
            bytes.get(value);
            assertThat(bytes.get()).isEqualTo((byte) '\n');
            fields.put(name.toString(), new String(value, StandardCharsets.UTF_8));
        }
        return fields;
    }

    @Test
    void a_line_stands_behind_its_uid_once_and_has_its_fields() throws IOException {
        try (Receiver journal = Receiver.at(path())) {
            Logger logger = logger(false);
            mdc.put("uid", "defe22");
            logger.atInfo().addKeyValue("step", "link.done").log("Stopping tailscale...");
            assertThat(fields(journal.next()))
                    .containsExactlyInAnyOrderEntriesOf(Map.of(
                            "MESSAGE", "defe22 - Stopping tailscale...",
                            "PRIORITY", "6",
                            "SYSLOG_IDENTIFIER", "wirescaled",
                            "WIRESCALE_UID", "defe22",
                            "WIRESCALE_STEP", "link.done"));
            logger.warn("defe22 - has it already");
            assertThat(fields(journal.next()))
                    .containsEntry("MESSAGE", "defe22 - has it already")
                    .containsEntry("PRIORITY", "4");
        }
    }

    @Test
    void hostile_text_forges_neither_a_line_nor_a_field() throws IOException {
        try (Receiver journal = Receiver.at(path())) {
            logger(false).error("peer says: {}", "a\nPRIORITY=0\r\u001b[2J\u2028b\u202ec\u0085d");
            assertThat(fields(journal.next()))
                    .containsEntry("MESSAGE", "peer says: a?PRIORITY=0??[2J?b?c?d")
                    .containsEntry("PRIORITY", "3")
                    .hasSize(3);
        }
    }

    @Test
    void an_enormous_line_is_cut() throws IOException {
        try (Receiver journal = Receiver.at(path())) {
            logger(false).info("x".repeat(10_000_000));
            assertThat(fields(journal.next()).get("MESSAGE"))
                    .hasSizeLessThan(20_000)
                    .endsWith("…");
        }
    }

    @Test
    void a_failure_is_described_and_traced_only_when_asked_for() throws IOException {
        try (Receiver journal = Receiver.at(path())) {
            Logger plain = logger(false);
            plain.error("it failed", new IllegalStateException("so"));
            plain.info("next");
            assertThat(fields(journal.next()))
                    .containsEntry("MESSAGE", "it failed: java.lang.IllegalStateException: so");
            assertThat(fields(journal.next())).containsEntry("MESSAGE", "next");

            logger(true).error("it failed", new IllegalStateException("so"));
            assertThat(fields(journal.next())).containsEntry("MESSAGE", "it failed");
            assertThat(fields(journal.next())).containsEntry("MESSAGE", "java.lang.IllegalStateException: so");
            assertThat(fields(journal.next()).get("MESSAGE")).startsWith("    at org.wirescale.os.JournalAppenderTest");
        }
    }

    @Test
    void without_a_journal_lines_go_to_standard_error_and_back_when_it_returns() throws IOException {
        Logger logger = logger(false);
        mdc.put("uid", "defe22");
        logger.warn("nobody\nlistens");
        assertThat(stderr.toString(StandardCharsets.UTF_8)).isEqualTo("<4>defe22 - nobody?listens\n");
        try (Receiver journal = Receiver.at(path())) {
            logger.info("back");
            assertThat(fields(journal.next())).containsEntry("MESSAGE", "defe22 - back");
        }
    }
}
