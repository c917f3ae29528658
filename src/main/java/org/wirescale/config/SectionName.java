package org.wirescale.config;

import java.util.Arrays;
import java.util.Optional;

/** The sections of a file, written in any case. */
enum SectionName {
    INTERFACE("Interface"),
    PEER("Peer"),
    WIRESCALE("Wirescale");

    private final String text;

    SectionName(String text) {
        this.text = text;
    }

    static Optional<SectionName> ofHeader(String header) {
        return Arrays.stream(values())
                .filter(name -> header.equalsIgnoreCase("[" + name.text + "]"))
                .findFirst();
    }

    @Override
    public String toString() {
        return text;
    }
}
