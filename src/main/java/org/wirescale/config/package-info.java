/**
 * The peer's configuration file: read by wg-quick's own rule, checked, turned into values; its {@code [Wirescale]} section and the
 * precedence of options; the file that is generated from it. Only {@link org.wirescale.config.PeerFiles} touches the disk.
 */
@NullMarked
package org.wirescale.config;

import org.jspecify.annotations.NullMarked;
