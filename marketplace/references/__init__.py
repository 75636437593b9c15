"""What former clients say of an assistant: asked by mail, answered by a link, shown as it is."""
