package org.wirescale.config;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.wirescale.model.WirescaleException;

/**
 * The name under which a peer has its file, {@code <text>.conf}: the short name of a node of our own tailnet, the full name of any
 * other. It comes from the coordination server, never from a host name that the node chose.
 *
 * @param text a DNS name in lower case, without a dot at its end
 */
public record PeerFileName(String text) implements Comparable<PeerFileName> {
    /** What a file's name has behind the peer's. */
    public static final String END = ".conf";

    private static final int MAX_LENGTH = 250;
    private static final String LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?";
    private static final Pattern FORM = Pattern.compile(LABEL + "(\\." + LABEL + ")*");
    private static final Pattern ASCII = Pattern.compile("\\p{ASCII}*");

    public PeerFileName {
        if (text.length() > MAX_LENGTH || !FORM.matcher(text).matches()) {
            throw WirescaleException.of(ConfigReason.PEER_NAME, "text", shown(text));
        }
    }

    /**
     * @param nodeName the node's name as {@code whois} gives it, with or without the final dot: {@code bob.lab.ts.net.}
     * @param magicDnsSuffix our own tailnet's, with or without dots around it; empty where there is none
     * @throws WirescaleException with {@link ConfigReason#PEER_NAME} unless it is a plain DNS name
     */
    public static PeerFileName of(String nodeName, String magicDnsSuffix) {
        String full = withoutFinalDot(folded(nodeName));
        String suffix = withoutFinalDot(folded(magicDnsSuffix));
        String end = suffix.startsWith(".") ? suffix : "." + suffix;
        boolean ours = end.length() > 1 && full.endsWith(end);
        String name = ours ? full.substring(0, full.length() - end.length()) : full;
        // A deeper name is none of this tailnet's machines.
        return new PeerFileName(name.indexOf('.') < 0 ? name : full);
    }

    /**
     * The name that a file belongs to.
     *
     * @throws WirescaleException with {@link ConfigReason#PEER_NAME} when it can be no peer's
     */
    public static PeerFileName ofFile(Path file) {
        String name = String.valueOf(file.getFileName());
        return new PeerFileName(name.endsWith(END) ? name.substring(0, name.length() - END.length()) : "");
    }

    /** The short name that a node with this full one has in its own tailnet. */
    public Optional<PeerFileName> firstLabel() {
        int dot = text.indexOf('.');
        return dot < 0 ? Optional.empty() : Optional.of(new PeerFileName(text.substring(0, dot)));
    }

    public String fileName() {
        return text + END;
    }

    @Override
    public int compareTo(PeerFileName other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }

    /** Folding makes ASCII of some other letters (the Kelvin sign): they are refused before. */
    private static String folded(String text) {
        if (!ASCII.matcher(text).matches()) {
            throw WirescaleException.of(ConfigReason.PEER_NAME, "text", shown(text));
        }
        return text.toLowerCase(Locale.ROOT);
    }

    private static String withoutFinalDot(String text) {
        return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    }

    private static String shown(String text) {
        String printable = text.replaceAll("[^ -~]", "?");
        return printable.length() > 80 ? printable.substring(0, 80) + "…" : printable;
    }
}
