package org.wirescale.tunnel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.config.Hooks;
import org.wirescale.model.WirescaleException;

/**
 * The user's hooks of one moment of the tunnel: those that run on the way up there, and those that run when the way down comes
 * by there again.
 *
 * <p>All their texts are written to files of mode 0600 before the first one runs, so that the way down needs no disk space; no
 * state file holds them, for they can hold secrets. {@code PreDown} and {@code PostDown} run only when an up hook had begun.
 * Each file is removed when its hook ran on the way down, so that no hook does so twice.
 *
 * @param session the uid that the hooks' output is found by in the journal
 * @param texts of all moments; empty when read back
 */
public record HookChange(Moment moment, String session, Optional<Texts> texts) implements Change {
    static final String KIND = "hooks";

    private static final Logger LOG = LoggerFactory.getLogger(HookChange.class);

    /** Its name says whether an up hook has begun; a rename needs no space. */
    private static final String WAITING = "waiting";

    private static final String BEGUN = "begun";

    /** When hooks run: the first has {@code PreUp} and {@code PostDown}, the last {@code PostUp}. */
    public enum Moment {
        BEFORE_LINK("PreUp", "PostDown"),
        WITH_LINK("", "PreDown"),
        AFTER_HANDSHAKE("PostUp", "");

        private final String up;
        private final String down;

        Moment(String up, String down) {
            this.up = up;
            this.down = down;
        }
    }

    /** The hooks' texts, which no log shows. */
    public record Texts(Hooks hooks) {
        @Override
        public String toString() {
            return "(hidden)";
        }
    }

    /**
     * The changes of the three moments.
     *
     * @param beforeLink also writes the files
     * @param withLink to be applied once the link is up
     */
    public record Plan(List<Change> beforeLink, List<Change> withLink, List<Change> afterHandshake) {
        public static final Plan NONE = new Plan(List.of(), List.of(), List.of());
    }

    /**
     * @param hooks expanded: with the interface's name and suffix number put in
     * @param session the session's uid
     */
    public static Plan plan(Hooks hooks, String session) {
        if (hooks.isEmpty()) {
            return Plan.NONE;
        }
        Optional<Texts> texts = Optional.of(new Texts(hooks));
        return new Plan(
                List.of(new HookChange(Moment.BEFORE_LINK, session, texts)),
                List.of(new HookChange(Moment.WITH_LINK, session, texts)),
                List.of(new HookChange(Moment.AFTER_HANDSHAKE, session, texts)));
    }

    static HookChange read(StrictJson json) {
        return new HookChange(json.word("moment", Moment.class), json.text("session"), Optional.empty());
    }

    @Override
    public void write(ObjectNode json) {
        json.put("moment", moment.name().toLowerCase(Locale.ROOT));
        json.put("session", session);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String describe() {
        return switch (moment) {
            case BEFORE_LINK -> "the file's PreUp and PostDown";
            case WITH_LINK -> "the file's PreDown";
            case AFTER_HANDSHAKE -> "the file's PostUp";
        };
    }

    @Override
    public List<Detail> details(ChangeContext context) {
        List<Detail> details = new ArrayList<>();
        texts.map(Texts::hooks).ifPresent(hooks -> {
            texts(hooks, moment.up).forEach(hook -> details.add(Detail.secret(moment.up + ": ", hook)));
            texts(hooks, moment.down)
                    .forEach(hook -> details.add(Detail.secret(moment.down + ", when the tunnel goes: ", hook)));
        });
        return List.copyOf(details);
    }

    private static List<String> texts(Hooks hooks, String name) {
        return switch (name) {
            case "PreUp" -> hooks.preUp();
            case "PostUp" -> hooks.postUp();
            case "PreDown" -> hooks.preDown();
            case "PostDown" -> hooks.postDown();
            default -> List.of();
        };
    }

    static Path folder(ChangeContext context) {
        return context.folders().control().resolve("hooks-" + context.interfaceName());
    }

    @Override
    public Change apply(ChangeContext context) {
        return apply(context, HookRunner.standard());
    }

    @Override
    public void undo(ChangeContext context, Progress progress) {
        undo(context, HookRunner.standard());
    }

    Change apply(ChangeContext context, HookRunner runner) {
        Path folder = folder(context);
        try {
            if (moment == Moment.BEFORE_LINK && texts.isPresent()) {
                writeAll(folder, texts.get().hooks());
            }
            List<Path> hooks = files(folder, moment.up);
            if (moment == Moment.AFTER_HANDSHAKE || !hooks.isEmpty()) {
                begin(folder);
            }
            for (Path hook : hooks) {
                run(context, runner, hook, moment.up);
            }
        } catch (IOException e) {
            throw unusable(folder, e);
        }
        return new HookChange(moment, session, Optional.empty());
    }

    void undo(ChangeContext context, HookRunner runner) {
        Path folder = folder(context);
        List<WirescaleException> failures = new ArrayList<>();
        try {
            if (!Files.isDirectory(folder)) {
                return;
            }
            runner.endRunning(context.interfaceName());
            List<Path> hooks = Files.exists(folder.resolve(BEGUN)) ? files(folder, moment.down) : List.of();
            for (Path hook : hooks) {
                try {
                    run(context, runner, hook, moment.down);
                } catch (WirescaleException e) {
                    LOG.warn("{}", e.getMessage());
                    failures.add(e);
                }
                Files.deleteIfExists(hook);
            }
            if (moment == Moment.BEFORE_LINK) {
                delete(folder);
            }
        } catch (IOException e) {
            throw unusable(folder, e);
        }
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
    }

    private void run(ChangeContext context, HookRunner runner, Path hook, String name) {
        // As wg-quick sets it: the path without links, of the file that is in wg-quick's format.
        Path configFile = GeneratedFileChange.path(context.folders(), context.interfaceName());
        runner.run(hook, name, context.interfaceName(), realPath(configFile), session);
    }

    private static Path realPath(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path;
        }
    }

    private static void writeAll(Path folder, Hooks hooks) throws IOException {
        if (Files.isDirectory(folder)) {
            delete(folder);
        }
        Files.createDirectory(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        SmallFiles.replace(folder.resolve(WAITING), new byte[0]);
        for (String name : List.of("PreUp", "PostUp", "PreDown", "PostDown")) {
            write(folder, name, texts(hooks, name));
        }
    }

    private static void write(Path folder, String name, List<String> hooks) throws IOException {
        int number = 0;
        for (String hook : hooks) {
            number++;
            SmallFiles.replace(folder.resolve(name + "-" + number), (hook + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void begin(Path folder) throws IOException {
        if (!Files.exists(folder.resolve(BEGUN))) {
            Files.move(folder.resolve(WAITING), folder.resolve(BEGUN));
        }
    }

    /** The hooks of one key in the file's order; those that already ran on the way down are missing. */
    private static List<Path> files(Path folder, String name) throws IOException {
        List<Path> hooks = new ArrayList<>();
        if (!name.isEmpty() && Files.isDirectory(folder)) {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, name + "-*")) {
                stream.forEach(hooks::add);
            }
        }
        hooks.sort((one, other) -> Integer.compare(number(one), number(other)));
        return hooks;
    }

    private static int number(Path hook) {
        String name = hook.getFileName().toString();
        return Integer.parseInt(name.substring(name.indexOf('-') + 1));
    }

    private static void delete(Path folder) throws IOException {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            for (Path file : stream) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }

    private static WirescaleException unusable(Path folder, IOException e) {
        return WirescaleException.causedBy(e, TunnelReason.FILE_UNWRITABLE, "file", folder, "error", SmallFiles.why(e));
    }
}
