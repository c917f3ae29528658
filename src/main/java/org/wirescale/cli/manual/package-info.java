/**
 * Makes the manual pages and the completions out of the commands and the keys of a peer's file. Run by the build alone; the program is
 * packaged without it.
 */
@NullMarked
package org.wirescale.cli.manual;

import org.jspecify.annotations.NullMarked;
