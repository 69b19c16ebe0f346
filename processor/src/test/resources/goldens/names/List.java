package names;

import dev.rivulet.annotations.CheckpointStream;

@CheckpointStream(saveTopK = -1)
@SuppressWarnings("NotAModule")
class List {}
