package org.wirescale.model;

/**
 * Why something failed. Each package has one enum of its reasons, which is also its table of sentences: {@link #sentence()} says
 * what is wrong and what to do, with {@code {name}} where a detail of the failure goes.
 */
public interface Reason {
    /** The constant's name; tests and callers compare reasons, never wording. */
    String name();

    /** What goes over either protocol; the exit code hangs on it. */
    ErrorCode errorCode();

    /** The user's sentence, with {@code {key}} for each detail. */
    String sentence();

    /** The sentence for the other machine's user; the same one where it fits both sides. */
    default String peerSentence() {
        return sentence();
    }
}
