/** What a declaration may say: policies, file-name templates, names; shared by the compiler's checks and by run time. */
@NullMarked
package dev.rivulet.policy;

import org.jspecify.annotations.NullMarked;
