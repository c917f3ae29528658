package org.wirescale.config;

import java.io.IOException;
import java.io.StringReader;
import java.util.Locale;
import java.util.Optional;
import org.ini4j.Config;
import org.ini4j.spi.IniHandler;
import org.ini4j.spi.IniParser;
import org.wirescale.config.Section.Entry;
import org.wirescale.model.InterfaceName;

/**
 * Reads {@code [Wirescale]} through ini4j's events. It is fed a line at a time, already cut by wg-quick's rule, since its events
 * carry no line numbers and it knows other comments; its maps are not used.
 */
final class WirescaleReader {
    private final Section section;
    private final Problems problems;
    private final IniParser parser;

    private Optional<InterfaceName> interfaceName = Optional.empty();
    private Optional<NodePin> node = Optional.empty();
    private Optional<Boolean> accept = Optional.empty();
    private Optional<Boolean> forward = Optional.empty();
    private Optional<Boolean> masquerade = Optional.empty();
    private Optional<Boolean> suffix = Optional.empty();
    private Optional<Tries> recoverTries = Optional.empty();
    private Optional<Tries> recreateTries = Optional.empty();

    WirescaleReader(Section section, Problems problems) {
        this.section = section;
        this.problems = problems;
        Config config = new Config();
        config.setEscape(false);
        config.setEscapeNewline(false);
        config.setInclude(false);
        config.setEmptyOption(false);
        config.setGlobalSection(false);
        this.parser = IniParser.newInstance(config);
    }

    WirescaleSection read() {
        section.requireOnce(WirescaleKey.values(), problems);
        section.each(problems, this::read);
        return new WirescaleSection(
                interfaceName,
                node,
                new PartialOptions(accept, forward, masquerade, suffix, recoverTries, recreateTries));
    }

    private void read(Entry entry) {
        OneOption option = new OneOption();
        try {
            parser.parse(
                    new StringReader("[" + section.name() + "]\n" + entry.key() + " = " + entry.value() + "\n"),
                    option);
        } catch (IOException e) {
            throw section.error(ConfigReason.NO_KEY_AND_VALUE, entry);
        }
        // ini4j takes ':' for '=' too, and ';' for a comment: then its key is another one than ours.
        if (!option.name.equals(entry.key())) {
            throw section.unknownKey(entry);
        }
        read(entry, option.value);
    }

    private void read(Entry entry, String value) {
        switch (section.key(WirescaleKey.values(), entry)) {
            case INTERFACE -> {
                if (!InterfaceName.isValid(value)) {
                    throw section.error(ConfigReason.INTERFACE_NAME, entry);
                }
                interfaceName = Optional.of(InterfaceName.parse(value));
            }
            case NODE -> {
                if (!NodePin.isValid(value)) {
                    throw section.error(ConfigReason.NODE, entry);
                }
                node = Optional.of(new NodePin(value));
            }
            case IPTABLES_ACCEPT -> accept = Optional.of(bool(entry, value));
            case IPTABLES_FORWARD -> forward = Optional.of(bool(entry, value));
            case IPTABLES_MASQUERADE -> masquerade = Optional.of(bool(entry, value));
            case SUFFIX -> suffix = Optional.of(bool(entry, value));
            case RECOVER_TRIES -> recoverTries = Optional.of(tries(entry, value));
            case RECREATE_TRIES -> recreateTries = Optional.of(tries(entry, value));
        }
    }

    private boolean bool(Entry entry, String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on", "1" -> true;
            case "false", "no", "off", "0" -> false;
            default -> throw section.error(ConfigReason.BOOLEAN, entry);
        };
    }

    private Tries tries(Entry entry, String value) {
        return Tries.parse(value).orElseThrow(() -> section.error(ConfigReason.TRIES, entry));
    }

    /** Keeps the one option of a line. */
    private static final class OneOption implements IniHandler {
        private String name = "";
        private String value = "";

        @Override
        public void handleOption(String optionName, String optionValue) {
            name = optionName;
            value = optionValue;
        }

        @Override
        public void handleComment(String comment) {}

        @Override
        public void startIni() {}

        @Override
        public void endIni() {}

        @Override
        public void startSection(String sectionName) {}

        @Override
        public void endSection() {}
    }
}
