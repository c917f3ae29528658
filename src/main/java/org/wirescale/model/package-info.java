/**
 * Values that every package shares. Each is checked where it is made and cannot be wrong afterwards: what comes from a peer, a
 * file, the environment or a local user becomes one of these at the edge, once. Nothing here runs a program or opens a socket.
 */
@NullMarked
package org.wirescale.model;

import org.jspecify.annotations.NullMarked;
