package org.wirescale.tunnel;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Kernel settings that a tunnel needs and shares with other tunnels and other programs. The last of our tunnels puts them back, if
 * they still have our value; forwarding stays on.
 *
 * @param settings in the order in which they are set; known once prepared
 */
public record SharedSettingChange(Purpose purpose, List<Sysctl> settings) implements Change {
    static final String KIND = "shared-setting";

    /** What the settings are for. */
    public enum Purpose {
        FORWARD_IPV4,
        FORWARD_IPV6,
        /** Replies to marked packets pass the reverse path filter by the route that the mark chooses. */
        SRC_VALID_MARK
    }

    public SharedSettingChange {
        settings = List.copyOf(settings);
    }

    public SharedSettingChange(Purpose purpose) {
        this(purpose, List.of());
    }

    static SharedSettingChange read(StrictJson json) {
        return new SharedSettingChange(json.word("purpose", Purpose.class), json.objects("settings", node -> {
            Sysctl setting = SettingOwners.readSetting(node);
            node.end();
            return setting;
        }));
    }

    @Override
    public void write(ObjectNode json) {
        json.put("purpose", purpose.name().toLowerCase(Locale.ROOT));
        ArrayNode array = json.putArray("settings");
        for (Sysctl setting : settings) {
            array.addObject().put("path", setting.path()).put("value", setting.value());
        }
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String describe() {
        return settings.isEmpty()
                ? "kernel setting for "
                        + purpose.name().toLowerCase(Locale.ROOT).replace('_', ' ')
                : "kernel setting "
                        + String.join(
                                ", ", settings.stream().map(Sysctl::toString).toList());
    }

    @Override
    public Optional<Change> prepare(ChangeContext context) {
        SettingOwners owners = new SettingOwners(context.folders());
        List<Sysctl> needed = wanted().stream()
                .filter(setting -> !setting.isSet() || owners.isOurs(setting))
                .toList();
        return needed.isEmpty() ? Optional.empty() : Optional.of(new SharedSettingChange(purpose, needed));
    }

    private List<Sysctl> wanted() {
        return switch (purpose) {
            case FORWARD_IPV4 -> List.of(Sysctl.FORWARD_IPV4);
            case FORWARD_IPV6 -> {
                // The moment forwarding is on, the kernel forgets the routers of whoever is not set so.
                List<Sysctl> all = new ArrayList<>(Sysctl.keepingRouterAdvertisements());
                all.add(Sysctl.FORWARD_IPV6);
                yield all;
            }
            case SRC_VALID_MARK -> List.of(Sysctl.SRC_VALID_MARK);
        };
    }

    @Override
    public Change apply(ChangeContext context) {
        SettingOwners owners = new SettingOwners(context.folders());
        settings.forEach(setting -> owners.use(setting, context.interfaceName()));
        return this;
    }

    @Override
    public void undo(ChangeContext context, Progress progress) {
        SettingOwners owners = new SettingOwners(context.folders());
        settings.reversed().forEach(setting -> owners.leave(setting, context.interfaceName()));
    }

    @Override
    public Optional<Area> area() {
        return Optional.of(Area.OTHER);
    }

    /** Who turns forwarding off means it, for all that the machine forwards. */
    @Override
    public boolean canPutBack() {
        return false;
    }

    @Override
    public boolean isInPlace(ChangeContext context) {
        return settings.stream().allMatch(Sysctl::isSet);
    }
}
