package org.wirescale.cli.manual;

/** The texts of the commands, without what picocli writes for its own help. */
final class Texts {
    private Texts() {}

    /** Some lines of a description as one; picocli formats each. */
    static String of(String... lines) {
        return String.join(" ", lines).replace("%n", " ").replace("%%", "%").strip();
    }

    /** The first sentence, without its stop: what a completion has room for. */
    static String brief(String text) {
        int stop = text.indexOf(". ");
        String first = stop < 0 ? text : text.substring(0, stop);
        return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
    }
}
