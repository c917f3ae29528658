package org.wirescale.exitnode;

import java.nio.file.Path;
import java.util.OptionalInt;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.PublicKey;
import org.wirescale.os.Folders;
import org.wirescale.tunnel.ChangeContext;

/** Contexts for tests of single changes. */
final class Contexts {
    private Contexts() {}

    static ChangeContext of(InterfaceName name) {
        return new ChangeContext(
                new Folders(Path.of("/nonexistent/etc"), Path.of("/nonexistent/run")),
                name,
                PublicKey.parse("HIgo9xNzJMWLKASShiTqIybxZ0U3wGLiUeJ1PKf8ykw="),
                OptionalInt.empty());
    }
}
