/** The commands and the client's side of the local socket. The only package that prints or exits. */
@NullMarked
package org.wirescale.cli;

import org.jspecify.annotations.NullMarked;
