package org.wirescale.tunnel;

import java.nio.file.Path;
import java.util.OptionalInt;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.PublicKey;
import org.wirescale.os.Folders;

/** Contexts for tests of single changes. */
final class Contexts {
    private static final PublicKey KEY = PublicKey.parse("HIgo9xNzJMWLKASShiTqIybxZ0U3wGLiUeJ1PKf8ykw=");

    private Contexts() {}

    static ChangeContext of(String interfaceName) {
        return in(Path.of("/nonexistent"), interfaceName);
    }

    static ChangeContext in(Path folder, String interfaceName) {
        return in(folder, interfaceName, OptionalInt.empty());
    }

    static ChangeContext in(Path folder, String interfaceName, OptionalInt ifindex) {
        return new ChangeContext(
                new Folders(folder.resolve("etc"), folder.resolve("run")),
                InterfaceName.parse(interfaceName),
                KEY,
                ifindex);
    }
}
