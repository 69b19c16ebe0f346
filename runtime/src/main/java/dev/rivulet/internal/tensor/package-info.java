/** The bridge from DJL's live arrays to tensors as bytes, and conversions between dtypes. */
@NullMarked
package dev.rivulet.internal.tensor;

import org.jspecify.annotations.NullMarked;
