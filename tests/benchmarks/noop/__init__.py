"""Work that does nothing, for a real cluster of ours and for a stock one."""
