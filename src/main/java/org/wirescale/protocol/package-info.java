@NullMarked
package org.wirescale.protocol;

import org.jspecify.annotations.NullMarked;
