package org.wirescale.exitnode;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.wirescale.model.InterfaceName;
import org.wirescale.tunnel.Area;
import org.wirescale.tunnel.Change;
import org.wirescale.tunnel.ChangeContext;
import org.wirescale.tunnel.FirewallMark;
import org.wirescale.tunnel.MarksInUse;
import org.wirescale.tunnel.Progress;
import org.wirescale.tunnel.StrictJson;
import org.wirescale.tunnel.WireGuard;

/** The mark of a tunnel's own packets while an exit node is on; only for one whose file names none. */
record MarkChange(InterfaceName name, FirewallMark mark) implements Change {
    static final String KIND = "mark";

    static MarkChange read(StrictJson json) {
        return new MarkChange(json.value("name", InterfaceName::parse), new FirewallMark(json.number("mark")));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String describe() {
        return "mark " + mark + " of " + name;
    }

    @Override
    public void write(ObjectNode json) {
        json.put("name", name.text());
        json.put("mark", mark.bits());
    }

    @Override
    public Change apply(ChangeContext context) {
        WireGuard.setMark(name, mark);
        return this;
    }

    /** A mark that somebody else gave it meanwhile is theirs. */
    @Override
    public void undo(ChangeContext context, Progress progress) {
        if (MarksInUse.read(name).equals(Optional.of(mark))) {
            WireGuard.setMark(name, FirewallMark.NONE);
        }
    }

    @Override
    public Optional<Area> area() {
        return Optional.of(Area.WIREGUARD);
    }

    @Override
    public boolean isInPlace(ChangeContext context) {
        return MarksInUse.read(name).map(mark::equals).orElse(true);
    }
}
