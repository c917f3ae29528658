/**
 * What {@code wirescale doctor} says: {@link org.wirescale.cli.doctor.Doctor} looks at each {@link
 * org.wirescale.cli.doctor.Subject} by itself, and whatever a look meets becomes that subject's line. Nothing is changed.
 */
@NullMarked
package org.wirescale.cli.doctor;

import org.jspecify.annotations.NullMarked;
