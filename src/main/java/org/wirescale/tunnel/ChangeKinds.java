package org.wirescale.tunnel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.wirescale.model.WirescaleException;

/** The kinds of changes that may stand in a state file, each with what reads it. */
public final class ChangeKinds {
    private static final ChangeKinds STANDARD = new ChangeKinds(Map.of())
            .with(OwnTableChange.KIND, OwnTableChange::read)
            .with(OldPortForwardChange.KIND, OldPortForwardChange::read)
            .with(IptablesRule.KIND, IptablesRule::read)
            .with(FirewalldChange.KIND, FirewalldChange::read)
            .with(NftRule.KIND, NftRule::read)
            .with(SharedSettingChange.KIND, SharedSettingChange::read)
            .with(HookChange.KIND, HookChange::read)
            .with(AutoremoveUnitChange.KIND, AutoremoveUnitChange::read)
            .with(LinkChange.KIND, LinkChange::read)
            .with(UserspaceLinkChange.KIND, UserspaceLinkChange::read)
            .with(PrivateKeyChange.KIND, PrivateKeyChange::read)
            .with(AddressesChange.KIND, AddressesChange::read)
            .with(RoutesChange.KIND, RoutesChange::read)
            .with(DnsChange.KIND, DnsChange::read)
            .with(GeneratedFileChange.KIND, GeneratedFileChange::read);

    private final Map<String, Function<StrictJson, Change>> readers;

    private ChangeKinds(Map<String, Function<StrictJson, Change>> readers) {
        this.readers = Map.copyOf(readers);
    }

    /** Every kind of this package. */
    public static ChangeKinds standard() {
        return STANDARD;
    }

    /** These and one more; the reader takes the keys that {@link Change#write} wrote, and need not call {@code end}. */
    public ChangeKinds with(String kind, Function<StrictJson, Change> reader) {
        Map<String, Function<StrictJson, Change>> more = new HashMap<>(readers);
        more.put(kind, reader);
        return new ChangeKinds(more);
    }

    /** Adds the change with its kind. */
    public void write(Change change, ObjectNode json) {
        json.put("kind", change.kind());
        change.write(json);
    }

    /** A change with its kind; the progress and the end of the object are the caller's. */
    public Change read(StrictJson json) {
        String kind = json.text("kind");
        Function<StrictJson, Change> reader = readers.get(kind);
        if (reader == null) {
            throw WirescaleException.of(TunnelReason.VALUE, "what", "kind of change", "text", kind);
        }
        return reader.apply(json);
    }
}
