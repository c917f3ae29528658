package org.wirescale.tunnel;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;
import org.wirescale.os.LockName;
import org.wirescale.os.Locks;

/**
 * Which of our tunnels use which kernel setting, and what it was before the first of them: {@code control/settings.json}. A user
 * whose state file is gone is none any more, so that no entry outlives its tunnels even where the file could not be written.
 */
public final class SettingOwners {
    private static final Logger LOG = LoggerFactory.getLogger(SettingOwners.class);
    private static final Duration LOCK_WAIT = Duration.ofSeconds(10);
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Folders folders;

    SettingOwners(Folders folders) {
        this.folders = folders;
    }

    /**
     * @param setting with the value that we gave it
     * @param before what it had until then
     */
    private record Owned(Sysctl setting, String before, Set<InterfaceName> users) {}

    static Path path(Folders folders) {
        return folders.control().resolve("settings.json");
    }

    /** The settings that tunnels of ours have set and somebody has changed since, {@code net.ipv4.ip_forward=1}. Needs root. */
    public static List<String> lost(Folders folders) {
        return new SettingOwners(folders)
                .read().values().stream()
                        .filter(owned -> !owned.setting().isSet())
                        .map(owned -> owned.setting().toString())
                        .toList();
    }

    /** Whether one of our tunnels has set it. */
    boolean isOurs(Sysctl setting) {
        return read().containsKey(setting.path());
    }

    /** Sets it and writes down, before, that this interface uses it. A value that stands and is not ours stays nobody's. */
    void use(Sysctl setting, InterfaceName user) {
        try (Locks.Held _ = Locks.take(folders, LockName.SETTINGS, LOCK_WAIT)) {
            Map<String, Owned> all = read();
            Owned known = all.get(setting.path());
            if (known == null && setting.isSet()) {
                return;
            }
            Set<InterfaceName> users = new TreeSet<>(known == null ? Set.of() : known.users());
            users.add(user);
            String before = known != null && setting.isSet()
                    ? known.before()
                    : setting.current()
                            .orElseThrow(() -> WirescaleException.of(
                                    TunnelReason.SETTING, "setting", setting, "error", "this kernel does not have it"));
            all.put(setting.path(), new Owned(setting, before, users));
            write(all);
            setting.set();
        }
    }

    /** The last user puts it back, if it still has our value. */
    void leave(Sysctl setting, InterfaceName user) {
        try (Locks.Held _ = Locks.take(folders, LockName.SETTINGS, LOCK_WAIT)) {
            Map<String, Owned> all = read();
            Owned known = all.get(setting.path());
            if (known == null || !known.users().contains(user)) {
                return;
            }
            Set<InterfaceName> users = new TreeSet<>(known.users());
            users.remove(user);
            users.removeIf(name -> !Files.exists(StateFolder.path(folders, name)));
            if (users.isEmpty()) {
                all.remove(setting.path());
                putBack(known);
            } else {
                all.put(setting.path(), new Owned(known.setting(), known.before(), users));
            }
            try {
                write(all);
            } catch (WirescaleException e) {
                LOG.debug("{}", e.getMessage());
            }
        }
    }

    private static void putBack(Owned owned) {
        Sysctl setting = owned.setting();
        if (!setting.isSet()) {
            return;
        }
        if (setting.staysOn()) {
            LOG.info("{} stays: others may have come to rely on it (it was {})", setting, owned.before());
        } else {
            new Sysctl(setting.path(), owned.before()).set();
        }
    }

    private Map<String, Owned> read() {
        Map<String, Owned> all = new LinkedHashMap<>();
        Path file = path(folders);
        try {
            StrictJson json = StrictJson.object(MAPPER.readTree(Files.readAllBytes(file)), "settings");
            List<Owned> owned = json.objects("settings", SettingOwners::readOne);
            if (json.text("boot").equals(BootId.current())) {
                owned.forEach(one -> all.put(one.setting().path(), one));
            }
            json.end();
        } catch (NoSuchFileException e) {
            return all;
        } catch (IOException | WirescaleException e) {
            LOG.warn("the file {} is damaged ({}) and was discarded", file, e.getMessage());
            return new LinkedHashMap<>();
        }
        return all;
    }

    private static Owned readOne(StrictJson json) {
        Owned owned = new Owned(
                readSetting(json), json.text("before"), new TreeSet<>(json.values("users", InterfaceName::parse)));
        json.end();
        return owned;
    }

    static Sysctl readSetting(StrictJson json) {
        return new Sysctl(json.text("path"), json.text("value"));
    }

    private void write(Map<String, Owned> all) {
        Path file = path(folders);
        try {
            if (all.isEmpty()) {
                Files.deleteIfExists(file);
            } else {
                SmallFiles.replace(file, text(all).getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw WirescaleException.causedBy(
                    e, TunnelReason.FILE_UNWRITABLE, "file", file, "error", SmallFiles.why(e));
        }
    }

    private static String text(Map<String, Owned> all) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("boot", BootId.current());
        ArrayNode settings = json.putArray("settings");
        for (Owned owned : new ArrayList<>(all.values())) {
            ObjectNode node = settings.addObject();
            node.put("path", owned.setting().path());
            node.put("value", owned.setting().value());
            node.put("before", owned.before());
            ArrayNode users = node.putArray("users");
            owned.users().forEach(user -> users.add(user.text()));
        }
        return json + "\n";
    }
}
