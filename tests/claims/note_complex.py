"""Autograd for complex numbers; multithreaded autograd; anomaly detection."""

import threading

from .claim import Note, failure, leaf, warned

note = Note("Autograd for Complex Numbers")
claim, error = note.claim, note.error

LEFT_OUT = {
    "more concurrency on several cores": "a claim about time",
    "C++ hooks are not thread safe": "there is no C++",
    "a traceback of the forward call in anomaly mode": "its text names files of the user",
}


def complex_leaf(torch):
    return torch.tensor([1.0 + 2.0j, 3.0 - 1.0j], requires_grad=True)


note.section("What PyTorch computes")


@claim
def the_gradient_is_the_conjugate_wirtinger_derivative(torch):
    """Of |z|² that is 2z by PyTorch's convention: the direction of steepest ascent."""
    z = complex_leaf(torch)
    z.abs().pow(2).sum().backward()
    return z.grad


@claim
def a_step_against_the_gradient_lowers_a_real_loss(torch):
    """Existing optimizers work with complex parameters."""
    z = torch.nn.Parameter(torch.tensor([1.0 + 2.0j]))
    optimizer = torch.optim.SGD([z], lr=0.1)
    losses = []
    for _ in range(3):
        optimizer.zero_grad()
        loss = (z - (3.0 - 1.0j)).abs().pow(2).sum()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return losses, z


@claim
def real_functions_with_complex_insides_do_not_see_the_convention(torch):
    """The result is that of real operations alone."""
    x = leaf(torch, 1.0, 2.0)
    z = torch.complex(x, x * 2)
    (z * z.conj()).real.sum().backward()
    y = leaf(torch, 1.0, 2.0)
    (y * y + 4 * y * y).sum().backward()
    return x.grad, y.grad


@claim
def multiplication_by_a_real_constant(torch):
    """The first example: f(z) = c z has gradient c for a gradient of one."""
    z = complex_leaf(torch)
    y = 3.0 * z
    y.backward(torch.ones(2, dtype=torch.complex64))
    return z.grad


@claim
def multiplication_by_a_complex_constant_conjugates(torch):
    """For a holomorphic function the gradient is the conjugate of its derivative."""
    z, w = complex_leaf(torch), complex_leaf(torch)
    one = torch.ones(2, dtype=torch.complex64)
    ((2.0 + 1.0j) * z).backward(one)
    w.exp().backward(one)
    return z.grad, w.grad


@claim
def from_complex_to_real(torch):
    """abs, real, imag and angle have real cotangents."""
    found = []
    for name in ("abs", "real", "imag", "angle"):
        z = complex_leaf(torch)
        value = getattr(z, name)
        (value() if callable(value) else value).sum().backward()
        found.append(z.grad)
    return found


@claim
def from_real_to_complex(torch):
    """The gradient of a real operand is real."""
    x = leaf(torch, 1.0, 2.0)
    y = torch.complex(x, x * x) * (1.0 + 2.0j)
    (y.real + y.imag).sum().backward()
    return x.grad


@error("grad can be implicitly created only for real scalar outputs")
def a_complex_loss_needs_a_gradient(torch):
    """There is no implicit one for a complex scalar."""
    complex_leaf(torch).sum().backward()


@claim
def a_conjugate_written_as_a_function(torch):
    """A Function of the user's with the formula of the note."""

    class Conj(torch.autograd.Function):
        @staticmethod
        def forward(ctx, z):
            return z.conj().clone()

        @staticmethod
        def backward(ctx, gradient):
            return gradient.conj()

    z = complex_leaf(torch)
    (Conj.apply(z) * (1.0 + 1.0j)).abs().pow(2).sum().backward()
    return z.grad


@claim
def conj_of_a_real_tensor_is_the_tensor(torch):
    """No operation is recorded."""
    x = leaf(torch, 1.0, 2.0)
    return x.conj() is x, torch.conj(x) is x, x.conj().is_leaf, x.resolve_conj() is x


note = Note("Multithreaded Autograd")
claim, error = note.claim, note.error
note.section("Threads")


@claim
def threads_can_train_side_by_side(torch):
    """The example of the note: each thread has a graph of its own."""
    grads = [None] * 3

    def train(i):
        x = torch.ones(2, 2, requires_grad=True)
        y = (x + 3) * (x + 4) * 0.5
        y.sum().backward()
        grads[i] = x.grad

    threads = [threading.Thread(target=train, args=(i,)) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return grads


@claim
def a_graph_may_be_walked_in_another_thread(torch):
    """Recorded here, differentiated there, even where recording is off here."""
    x = leaf(torch, 1.0, 2.0)
    y = (x * x).sum()
    with torch.no_grad():
        thread = threading.Thread(target=y.backward)
        thread.start()
        thread.join()
    return x.grad


@claim
def a_shared_graph_that_one_thread_freed_is_an_error_for_the_other(torch):
    """As calling backward twice: retain_graph=True is the way out."""
    x = leaf(torch, 1.0, 2.0)
    shared = x.exp()
    found = []

    def use():
        found.append(failure(lambda: (shared * 2).sum().backward()))

    for _ in range(2):
        thread = threading.Thread(target=use)
        thread.start()
        thread.join()
    return found


note = Note("Anomaly detection")
claim, error = note.claim, note.error
note.section("torch.autograd.detect_anomaly")


@error("returned nan values in its 0th output")
def a_gradient_that_is_nan_is_an_error(torch):
    """The message names the function."""
    with torch.autograd.set_detect_anomaly(True):
        (leaf(torch, 0.0).sqrt() * 0).sum().backward()


@claim
def check_nan_can_be_switched_off(torch):
    """Then it is none."""
    x = leaf(torch, 0.0)
    with torch.autograd.set_detect_anomaly(True, check_nan=False):
        (x.sqrt() * 0).sum().backward()
    return x.grad


@claim
def an_error_in_backward_is_raised_as_it_is(torch):
    """The example of the docs: a Function whose backward fails."""

    class MyFunc(torch.autograd.Function):
        @staticmethod
        def forward(ctx, inp):
            return inp.clone()

        @staticmethod
        def backward(ctx, gradient):
            raise RuntimeError("Some error in backward")

    def run():
        y = MyFunc.apply(torch.ones(2, 2, requires_grad=True)).sum()
        y.backward()

    def watched():
        with torch.autograd.detect_anomaly():
            run()

    return failure(run), failure(watched)


@claim
def detect_anomaly_warns_that_it_is_slow(torch):
    """It should be used for debugging only."""

    def use():
        with torch.autograd.detect_anomaly():
            pass

    return warned(use, "Anomaly Detection has been enabled")


@claim
def set_detect_anomaly_is_a_function_and_a_context(torch):
    """It switches when it is called."""
    inside = []
    with torch.autograd.set_detect_anomaly(True):
        inside.append(torch.is_anomaly_enabled())
    torch.autograd.set_detect_anomaly(True)
    inside.append(torch.is_anomaly_enabled())
    torch.autograd.set_detect_anomaly(False)
    return inside, torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()
