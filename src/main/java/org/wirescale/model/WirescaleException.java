package org.wirescale.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The one failure that the program throws: a {@link Reason} with its details. Its message is the finished sentence for this
 * machine's user; {@link #peerMessage()} the one for the other machine's.
 */
public final class WirescaleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Reason reason;
    private final transient Map<String, String> details;

    public WirescaleException(Reason reason, Map<String, String> details) {
        super(fill(reason.sentence(), details));
        this.reason = reason;
        this.details = Map.copyOf(details);
    }

    public WirescaleException(Reason reason, Map<String, String> details, Throwable cause) {
        super(fill(reason.sentence(), details), cause);
        this.reason = reason;
        this.details = Map.copyOf(details);
    }

    /**
     * A failure whose details are given as name, value, name, value.
     *
     * @throws IllegalArgumentException when a value is missing
     */
    public static WirescaleException of(Reason reason, Object... namesAndValues) {
        return new WirescaleException(reason, pairs(namesAndValues));
    }

    /** Like {@link #of}, keeping what led to it for the log. */
    public static WirescaleException causedBy(Throwable cause, Reason reason, Object... namesAndValues) {
        return new WirescaleException(reason, pairs(namesAndValues), cause);
    }

    /** The same failure with another value of one detail. */
    public WirescaleException with(String name, Object value) {
        Map<String, String> changed = new LinkedHashMap<>(details);
        changed.put(name, value.toString());
        return new WirescaleException(reason, changed, this);
    }

    public Reason reason() {
        return reason;
    }

    public ErrorCode errorCode() {
        return reason.errorCode();
    }

    /** The detail of that name, or an empty text. */
    public String detail(String name) {
        return details.getOrDefault(name, "");
    }

    public String peerMessage() {
        return fill(reason.peerSentence(), details);
    }

    /** The sentence, always there. */
    @Override
    public String getMessage() {
        return fill(reason.sentence(), details);
    }

    private static Map<String, String> pairs(Object... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException("a detail has a name and a value");
        }
        Map<String, String> details = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            details.put(namesAndValues[i].toString(), namesAndValues[i + 1].toString());
        }
        return details;
    }

    private static String fill(String sentence, Map<String, String> details) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        while (true) {
            int open = sentence.indexOf('{', from);
            int close = open < 0 ? -1 : sentence.indexOf('}', open);
            if (close < 0) {
                parts.add(sentence.substring(from));
                return String.join("", parts);
            }
            parts.add(sentence.substring(from, open));
            String name = sentence.substring(open + 1, close);
            parts.add(details.getOrDefault(name, sentence.substring(open, close + 1)));
            from = close + 1;
        }
    }
}
