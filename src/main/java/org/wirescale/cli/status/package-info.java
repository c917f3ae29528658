/**
 * What {@code wirescale status} says: {@link org.wirescale.cli.status.Look} gathers it, and each form has a class that writes it. It
 * runs in less time than a command's parser takes to load, so nothing here needs one.
 */
@NullMarked
package org.wirescale.cli.status;

import org.jspecify.annotations.NullMarked;
