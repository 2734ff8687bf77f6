"""The queue of nodes that are ready to run, the newest first.

Leaves are all as new as each other, and hooks see in which order they come. That is PyTorch's: of a
heap as the GNU library of C++ keeps it, which is not the order in which they went in.
"""

from collections.abc import Iterable

from .graph import Node


class ReadyQueue:
    """A heap of nodes by their sequence number.

    Example:
        >>> from funcgrad.tape.graph import Node
        >>> nodes = [Node(name, (), ()) for name in ("first", "second")]
        >>> queue = ReadyQueue(nodes)
        >>> queue.pop().name()
        'second'
    """

    __slots__ = ("_heap",)

    def __init__(self, nodes: Iterable[Node] = ()) -> None:
        self._heap: list[Node] = []
        for node in nodes:
            self.push(node)

    def __bool__(self) -> bool:
        return bool(self._heap)

    def push(self, node: Node) -> None:
        """Add a node."""
        self._heap.append(node)
        self._rise(len(self._heap) - 1, node)

    def pop(self) -> Node:
        """Take the newest node out."""
        heap = self._heap
        last = heap.pop()
        if not heap:
            return last
        top, size = heap[0], len(heap)
        hole = child = 0
        while child < (size - 1) // 2:  # the gap sinks to the bottom, whatever fills it
            child = 2 * child + 2
            if heap[child].sequence < heap[child - 1].sequence:
                child -= 1
            heap[hole], hole = heap[child], child
        if size % 2 == 0 and child == (size - 2) // 2:
            child = 2 * child + 1
            heap[hole], hole = heap[child], child
        self._rise(hole, last)
        return top

    def _rise(self, hole: int, node: Node) -> None:
        heap, number = self._heap, node.sequence
        while hole and heap[parent := (hole - 1) // 2].sequence < number:
            heap[hole], hole = heap[parent], parent
        heap[hole] = node
