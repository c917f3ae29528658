package org.wirescale.daemon;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wirescale.protocol.HostileText;
import org.wirescale.tunnel.Change;
import org.wirescale.tunnel.Detail;

/** The text of a dry run: the changes, numbered in their order below headings, each with what it comes to. */
final class DryRunReport {
    /** A hook that is longer is shown by its beginning. */
    private static final int LINE_CHARACTERS = 2000;

    /** Characters: written as JSON, whatever they are, they fit into a line of the local protocol. */
    private static final int BLOCK_CHARACTERS = 8000;

    private static final String INDENT = "      ";

    private final boolean root;
    private final Map<String, String> standIns = new LinkedHashMap<>();
    private final List<String> lines = new ArrayList<>();
    private int changes;

    /**
     * @param root whether keys and hooks are shown
     */
    DryRunReport(boolean root) {
        this.root = root;
    }

    /**
     * From now on these words stand where the plan has a value that is made up, since only the agreement with the peer tells it.
     *
     * @param value random, so that nothing else is written so
     */
    void standIn(Object value, String words) {
        standIns.put(value.toString(), words);
    }

    void heading(String text) {
        add(text);
    }

    /** Something that happens, or is so, and is none of the tunnel's changes. */
    void note(Detail detail) {
        add(INDENT + detail.shownTo(root));
    }

    void note(String text) {
        note(Detail.open(text));
    }

    /**
     * @param line what the journal says of it when it is made
     */
    void change(String line, List<Detail> details) {
        changes++;
        add("%4d. %s".formatted(changes, line));
        details.forEach(detail -> add(INDENT + "    " + detail.shownTo(root)));
    }

    /** There already, or not needed on this machine. */
    void nothingToDo(Change change) {
        note("nothing to do: " + change.describe());
    }

    private void add(String text) {
        String line = text;
        for (Map.Entry<String, String> standIn : standIns.entrySet()) {
            line = line.replace(standIn.getKey(), standIn.getValue());
        }
        lines.add(HostileText.clean(line, LINE_CHARACTERS));
    }

    /** The lines, as many together as one message takes. */
    List<String> blocks() {
        List<String> blocks = new ArrayList<>();
        StringBuilder block = new StringBuilder();
        for (String line : lines) {
            if (!block.isEmpty() && block.length() + line.length() > BLOCK_CHARACTERS) {
                blocks.add(block.toString());
                block.setLength(0);
            }
            block.append(block.isEmpty() ? "" : "\n").append(line);
        }
        blocks.add(block.toString());
        return List.copyOf(blocks);
    }
}
