@NullMarked
package org.wirescale.config;

import org.jspecify.annotations.NullMarked;
