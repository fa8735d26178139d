"""Filing: the workspace's categories and labels; what is filed under them lies in the kernel."""
