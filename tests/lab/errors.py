"""What goes wrong in the laboratory, said so that the reader knows what to do."""


class LabError(Exception):
    """The laboratory cannot do what it was asked; the text says why."""


class Unavailable(LabError):
    """This machine cannot hold a laboratory: no root, no namespaces, a program is missing."""
