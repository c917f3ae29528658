@NullMarked
package org.wirescale.daemon;

import org.jspecify.annotations.NullMarked;
