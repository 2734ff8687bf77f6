"""Programs that random ones were made short to, by what differed in them once."""

FOUND = {
    "a deep copy has been edited once": """
        t0 = torch.tensor([1.0, 2.0], requires_grad=True)
        t1 = copy.deepcopy(t0)
    """,
    "a slice alone is a slice even of all": """
        t0 = torch.tensor([1.0, 2.0], requires_grad=True)
        t1 = t0[0:]
        t2 = t0[0:,]
    """,
    "a number fills": """
        t0 = torch.tensor([1.0, 2.0], requires_grad=True)
        t1 = t0 * 2
        t1[:] = 3
        t1[-2:] = 3
    """,
    "what is no number is not assigned": """
        t0 = torch.zeros(3)
        t0[:] = [1.0, 2.0, 3.0]
        t0[0] = 1j
        t0[:, 0] = 1j
    """,
    "a result that backward is asked for retains its gradient": """
        t0 = torch.tensor([1.0, 2.0], requires_grad=True)
        t1 = t0[0]
        t1.backward(weights(t1), inputs=[t1])
        t1.backward(weights(t1), inputs=[t1])
    """,
    "a view across dtypes keeps its name": """
        t0 = torch.tensor([1.0 + 2.0j, -1.0j], dtype=torch.complex128, requires_grad=True)
        t1 = torch.view_as_real(t0)
        with torch.no_grad(): t1.add_(t1)
        t2 = t0.real
        with torch.no_grad(): t2.mul_(2)
    """,
    "an edit that a Function says counts once more": """
        t0 = torch.tensor(2.0, dtype=torch.float64)
        t1 = Doubled.apply(t0)
    """,
    "a Function edits a view": """
        t0 = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
        t1 = t0 * 3
        t2 = t1[0]
        t3 = Doubled.apply(t2)
        t1.backward(weights(t1))
    """,
    "a Function edits a view of a leaf": """
        t0 = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
        t1 = t0.narrow(0, 0, 1)
        t2 = Doubled.apply(t1)
    """,
    "views in place have names of their own": """
        t0 = torch.tensor([[1.0, -2.0]], dtype=torch.float64, requires_grad=True)
        t1 = t0 * 1
        t1.t_()
        t1.squeeze_()
        t1.unsqueeze_(0)
        t1.transpose_(0, -1)
    """,
    "places are nothing that was saved": """
        t0 = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
        t1 = t0[0]
        t1.backward()
        t1.backward()
        t2 = torch.add(t0, t0, alpha=2)
        t2.backward(weights(t2))
        t2.backward(weights(t2))
    """,
    "a leaf that requires no grad any more gets none": """
        t0 = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
        t1 = t0 + t0
        t0.requires_grad_(False)
        t1.backward(weights(t1))
    """,
    "an edited view retains its gradient": """
        t0 = torch.tensor([[1.0, 2.0], [0.5, -3.0]], dtype=torch.float64, requires_grad=True)
        t1 = t0 * 1
        t2 = t1.diagonal()
        t2.retain_grad()
        t1.retain_grad()
        t3 = t2.mul_(2)
        t1.backward(weights(t1))
        t2.backward(weights(t2))
    """,
    "hooks of a node see the gradients of what it is the node of": """
        t0 = torch.tensor([[1.0, 2.0], [0.5, -3.0]], dtype=torch.float64, requires_grad=True)
        t1, t2 = t0.sort(0)
        hooks.append(t1.grad_fn.register_hook(lambda i, o: note('node', *i, *o)))
        hooks.append(t1.grad_fn.register_prehook(lambda o: tuple(2 * g for g in o)))
        t3 = t1[t1 > 0]
        hooks.append(t3.grad_fn.register_hook(lambda i, o: note('index', *i, *o)))
        t3.backward(weights(t3))
    """,
    "what overlaps with what is written to is refused": """
        t0 = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64)
        t1 = t0[:1]
        t0.index_add_(0, torch.tensor([0]), t1)
        t0[1:].add_(t0[:-1])
        t0.mul_(t1)
        t0.add_(t0)
        t2 = t0.unsqueeze(0)
        t2.add_(t0)
    """,
    "windows that overlap are written to": """
        t0 = torch.tensor([1.0, -2.0, 3.0, 4.0], dtype=torch.float64)
        t1 = t0.unfold(0, 2, 1)
        t1[1:] = 0.5
    """,
    "a copy keeps the dtype that it is written to": """
        t0 = torch.tensor([1.0, 2.0, -0.5])
        t0.copy_(torch.tensor([1.5, -0.5, 2.0], dtype=torch.bfloat16))
    """,
    "what comes from inference stays there": """
        t0 = torch.tensor([1.0, 2.0], requires_grad=True)
        with torch.inference_mode(): t1 = t0 * 2
        t2 = t1.data
        t3 = torch.nn.Parameter(t1.detach())
        with torch.inference_mode(): t4 = copy.deepcopy(t0.detach())
    """,
    "a view where nothing is recorded leads nowhere": """
        t0 = torch.tensor([1.0, 2.0], requires_grad=True)
        with torch.no_grad(): t1 = t0.view(2)
        t2 = t1 * 3
        torch.autograd.grad(t2, t1, weights(t2), allow_unused=True)
        hooks.append(t1.register_hook(lambda g: g * 2))
    """,
    "parts that were made together may not follow an edit": """
        t0 = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
        t1, t2 = t0.split([1, 2])
        t0.requires_grad_(False)
        t3 = t0[...]
        t3.mul_(2)
    """,
    "a reshape by strides has a name of its own": """
        t0 = torch.tensor([1.0 + 2.0j, -1.0j], dtype=torch.complex128, requires_grad=True)
        t1 = t0.real.reshape(-1)
        t2 = t0.reshape(-1)
    """,
    "whole numbers follow nothing": """
        t0 = torch.tensor([1.0, 2.0], requires_grad=True)
        t1 = torch.tensor([1, 2])
        t1[...] = t0
        t1.copy_(t0)
    """,
    "a copied parameter has no gradient": """
        t0 = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
        t0.backward(weights(t0))
        t1 = copy.deepcopy(t0)
        t2 = torch.tensor([1.0, 2.0], requires_grad=True)
        t2.backward(weights(t2))
        t3 = copy.deepcopy(t2)
    """,
    "backward frees the result that it was asked for": """
        t0 = torch.tensor([1.0, 2.0], requires_grad=True)
        t1 = t0.sigmoid()
        t1.backward(weights(t1), inputs=[t1])
        t1.backward(weights(t1))
    """,
    "a view follows a base that requires grad later": """
        t0 = torch.tensor([[1.0, 2.0]])
        t1 = t0.squeeze()
        t0[1:].zero_()
        t0.requires_grad_()
        t2 = t1 * 2
        t2.backward(weights(t2))
    """,
    "what requires grad may be asked to": """
        t0 = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
        t1 = t0 * 1
        t2 = t1.chunk(2)[0]
        t1.mul_(2)
        t2.requires_grad_()
    """,
    "numbers wrap in a small dtype": """
        t0 = torch.tensor([1, 2, 250], dtype=torch.uint8)
        t1 = t0.clamp(-1, 1)
        t2 = -1 * t0
        t3 = torch.tensor([1.5, -1.0, -300.0], requires_grad=True)
        t0[...] = t3
        t0.copy_(t3 * 2)
    """,
    "a number of a half type fills": """
        t0 = torch.tensor([1.5, -0.5, 2.0], dtype=torch.bfloat16, requires_grad=True)
        t1 = torch.tensor([1.0, 2.0, -0.5])
        t1[...] = t0[0]
        t2 = torch.tensor([1.0, 2.0, -0.5])
        t2[1:] = t0.unbind()[1]
        t2.backward(weights(t2))
    """,
    "a view of an inference tensor does not require grad": """
        t0 = torch.tensor([1.5, -0.5, 2.0], requires_grad=True)
        modes.append(torch.inference_mode()); modes[-1].__enter__()
        t1 = t0.detach().clone().requires_grad_()
        modes.pop().__exit__(None, None, None)
        t2 = t1.select(0, 0)
    """,
    "a part of a view keeps how it was made": """
        t0 = torch.tensor([1.0, 2.0, -1.0, 3.0], requires_grad=True)
        t1 = t0 * 2
        with torch.inference_mode(): t2 = t1.view(t1.shape)
        t3, u3 = t2.split([1, t2.shape[0] - 1])
        with torch.no_grad(): t4 = t2[1:]
        with torch.no_grad(): t3.mul_(2)
    """,
    "conjugates are copied before they are added": """
        t0 = torch.tensor([1.0 + 2.0j, -1.0j, 0.5], dtype=torch.complex128, requires_grad=True)
        t1 = (t0 * 2).conj()
        t1.index_add_(0, torch.tensor([0]), t1[:1].detach())
        t1.backward(weights(t1))
    """,
    "what is added without a gradient is not saved": """
        t0 = torch.tensor([[3.0, -1.0], [2.0, 1.0]], dtype=torch.float64, requires_grad=True)
        t1 = t0 ** 2
        t2 = torch.tensor([[1.0, 2.0]], dtype=torch.float64)
        t1.index_add_(0, torch.tensor([0]), t2)
        t2.mul_(2)
        t1.backward(weights(t1))
    """,
    "a complex number is made real in one step": """
        t0 = torch.tensor([1.0 + 2.0j, -1.0j, 0.5], dtype=torch.complex128, requires_grad=True)
        t1 = t0.double()
        hooks.append(t1.grad_fn.register_hook(lambda i, o: note('node', *i, *o)))
        t1.backward(weights(t1))
    """,
    "a Function does not save inference tensors": """
        t0 = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64, requires_grad=True)
        with torch.inference_mode(): t1 = t0.detach().clone().requires_grad_()
        t2 = Cube.apply(t1)
        t3 = Cube.apply(t0)
    """,
    "saved values follow a tensor to another part of its memory": """
        t0 = torch.tensor([3.0, -1.0, 2.0], dtype=torch.float64, requires_grad=True)
        t1 = t0[:2]
        t2 = torch.nn.functional.softplus(t1)
        t1.data = t0[1:].data
        t2.backward(weights(t2))
    """,
    "a number is saved where the operand beside it follows its base nowhere": """
        t0 = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64, requires_grad=True)
        with torch.no_grad(): t1 = t0.view(t0.shape)
        t2 = t1 / 2
        torch.autograd.backward([t2, t2], [weights(t2), weights(t2)])
        t2.backward(weights(t2))
    """,
    "an edit counts where there are no elements": """
        t0 = torch.tensor([1.0, 2.0, -0.5], requires_grad=True)
        t1 = t0.clone()
        t2 = t1[3:]
        t2.relu_()
        t2.pow_(2)
        t1.backward(weights(t1))
    """,
    "a part of a complex number lies in the number's memory": """
        t0 = torch.tensor([1.0 + 2.0j, -1.0j], dtype=torch.complex128)
        t1 = t0[0]
        t1.add_(t1.imag)
    """,
    "a conjugate with elements in one place is edited by way of a copy": """
        t0 = torch.tensor([1.0 + 2.0j, -1.0j, 0.5], dtype=torch.complex128)
        t1 = t0.expand(2, 3)
        t1.index_fill_(-2, torch.tensor([0]), 1)
        t2 = t0.conj().expand(2, 3)
        t2.index_fill_(-2, torch.tensor([0]), 1)
    """,
    "hooks of a join see the gradients that a pass has no use for": """
        t0 = torch.tensor([[1.0, 2.0, -1.0]], dtype=torch.float64, requires_grad=True)
        t1 = t0 / 2
        t2 = torch.stack([t1, t0])
        hooks.append(t2.grad_fn.register_hook(lambda i, o: note('node', *i, *o)))
        torch.autograd.grad(t2, t1, weights(t2), allow_unused=True)
    """,
    "a parameter that an edit has made a result is copied": """
        t0 = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64, requires_grad=True)
        t1 = torch.nn.Parameter(t0.detach())
        t1.requires_grad_(False)
        t1.addcmul_(t0, t0)
        t2 = copy.deepcopy(t1)
    """,
}
