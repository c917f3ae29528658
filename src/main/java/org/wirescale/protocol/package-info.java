/**
 * The two protocols as values: messages, their codecs, and every check of what came from outside. Nothing here opens a socket or
 * runs a program. What decodes is well-formed; whether it is allowed at that moment is for the session to say.
 */
@NullMarked
package org.wirescale.protocol;

import org.jspecify.annotations.NullMarked;
