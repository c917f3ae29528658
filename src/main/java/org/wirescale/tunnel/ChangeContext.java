package org.wirescale.tunnel;

import java.util.OptionalInt;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.PublicKey;
import org.wirescale.os.Folders;

/**
 * What a change may know of its tunnel.
 *
 * @param publicKey this end's, by which a link is known to be ours
 * @param ifindex of the tunnel's link, once it was made; a later link of the same name has another
 */
public record ChangeContext(Folders folders, InterfaceName interfaceName, PublicKey publicKey, OptionalInt ifindex) {}
