/** The bridge between DJL's live arrays and tensors, and conversions between dtypes. */
@NullMarked
package dev.rivulet.internal.tensor;

import org.jspecify.annotations.NullMarked;
