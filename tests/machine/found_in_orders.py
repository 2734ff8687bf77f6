"""What once differed where gradients are recorded, so that a second pass follows a first."""

FOUND_IN_ORDERS = {
    "a gradient of half a view can be recorded": """
        t0 = torch.tensor([1.5, -0.5, 2.0], dtype=torch.bfloat16, requires_grad=True)
        t1 = t0.tensor_split(2)[1]
        t1.backward(weights(t1), create_graph=True)
    """,
    "the gradient of a choice depends on nothing": """
        t0 = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64, requires_grad=True)
        t1 = t0.max()
        t1.backward(weights(t1), create_graph=True)
        t2 = torch.maximum(t0, t0)
        t0.grad = None
        t2.backward(weights(t2), create_graph=True)
    """,
    "a saved view that follows its base nowhere requires grad": """
        t0 = torch.tensor([1.0, 2.0, -0.5], requires_grad=True)
        with torch.no_grad(): t1 = t0.view(t0.shape)
        t2 = t1[..., 0]
        t3 = torch.addcmul(t2, t1, t2)
        t2.retain_grad()
        t3.backward(weights(t3), create_graph=True)
    """,
    "what is saved is the tensor itself, which has come to require grad": """
        t0 = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64, requires_grad=True)
        t1 = torch.tensor([1.0, 2.0, -0.5], dtype=torch.float64)
        t2 = t0 * t1
        t1.requires_grad_()
        t3 = torch.autograd.grad(t2, t0, weights(t2), create_graph=True)[0].clone()
        t3.backward(weights(t3))
    """,
    "an edit between the first order and the second": """
        t0 = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64, requires_grad=True)
        t1 = t0 ** 2 * t0
        t2 = torch.autograd.grad(t1, t0, weights(t1), create_graph=True)[0].clone()
        with torch.no_grad(): t0.mul_(2)
        t2.backward(weights(t2))
    """,
    "an edit of a result between the first order and the second": """
        t0 = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64, requires_grad=True)
        t1 = (t0 * 2).exp()
        t2 = torch.autograd.grad(t1, t0, weights(t1), create_graph=True)[0].clone()
        with torch.no_grad(): t1.mul_(2)
        t2.backward(weights(t2))
    """,
    "a power depends on its base down to its power 0": """
        t0 = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64, requires_grad=True)
        t1 = t0 ** 2
        t2 = torch.autograd.grad(t1, t0, weights(t1), create_graph=True)[0]
        t3 = torch.autograd.grad(t2, t0, weights(t2), create_graph=True)[0]
        t3.backward(weights(t3), create_graph=True)
        t4 = t0 ** 1 + t0 ** 0
        t5 = torch.autograd.grad(t4, t0, weights(t4), create_graph=True)[0]
        t5.backward(weights(t5), create_graph=True)
    """,
    "powers 0 and 1 save their base": """
        t0 = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64, requires_grad=True)
        t1 = t0 * 1
        t2 = t1 ** 0
        t3 = t1 ** 1
        t1.add_(1)
        t2.backward(weights(t2))
        t3.backward(weights(t3))
    """,
    "roots save their operand, not their result": """
        t0 = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64, requires_grad=True)
        t1 = t0 * 1
        t2 = t1 ** 0.5
        t3 = t1 ** -0.5
        t2.add_(1)
        t3.add_(1)
        t2.backward(weights(t2), retain_graph=True)
        t3.backward(weights(t3), retain_graph=True)
        t1.add_(1)
        t2.backward(weights(t2))
        t3.backward(weights(t3))
    """,
    "a remainder by a number saves nothing": """
        t0 = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64, requires_grad=True)
        t1 = t0 * 1
        t2 = t1 % 0.7
        t1.add_(1)
        t2.backward(weights(t2), create_graph=True)
    """,
    "an angle of a real number has a gradient, which is 0": """
        t0 = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64, requires_grad=True)
        t1 = t0 * 1
        t2 = t1.angle()
        t2.backward(weights(t2), retain_graph=True, create_graph=True)
        t1.add_(1)
        t2.backward(weights(t2))
    """,
    "the gradient of a complex absolute value reads the number, not the value": """
        t0 = torch.tensor([1.0 + 2.0j, -1.0j, 0.5], dtype=torch.complex128, requires_grad=True)
        t1 = t0.abs()
        t2 = torch.autograd.grad(t1, t0, weights(t1), create_graph=True)[0].clone()
        torch.autograd.grad(t2, t1, weights(t2), retain_graph=True)
    """,
    "beside a view that follows its base nowhere a mask is not saved": """
        t0 = torch.tensor([1.0, 2.0, -0.5], requires_grad=True)
        with torch.no_grad(): t1 = t0.view(t0.shape)
        t2 = t0 == t1
        t3 = t2 * t1
        t4 = t2 / t1
        t2.logical_not_()
        t3.backward(weights(t3))
        t4.backward(weights(t4))
    """,
    "a mask that chose elements is saved": """
        t0 = torch.tensor([1.0, 2.0, -0.5], requires_grad=True)
        t1 = t0 > 0
        t2 = t0[t1]
        t1.logical_not_()
        t2.backward(weights(t2))
    """,
    "a base that was given the memory as its view shows it": """
        t0 = torch.tensor([[3.0, -1.0], [2.0, 1.0]], dtype=torch.float64, requires_grad=True)
        t1 = t0 * 3
        t2 = t0.float()
        t3 = t2.t()
        t2.data = t3.data
        t3.mul_(t1)
        t4 = t3.t()
        t4.backward(weights(t4))
    """,
    "complex summands are multiplied by 1 + 0i, which decides the sign of a zero": """
        t0 = torch.tensor([1.0 + 2.0j, -1.0j, 0.5], dtype=torch.complex128, requires_grad=True)
        with torch.no_grad(): t0.add_(t0)
        t1 = t0 * t0
        t2 = t1.angle()
        t3 = (t0 - t0.conj()).angle()
    """,
    "a number beside an inference tensor is made a tensor, so the product is recorded": """
        with torch.inference_mode(): t0 = torch.tensor([3.0, -1.0], requires_grad=True)
        t1 = 0.5 * t0
        t2 = t0 * t0
        t3 = t0 - 1
    """,
    "joined views that follow their base nowhere leave no gradient to see": """
        t0 = torch.tensor([1.0, 2.0, -0.5], requires_grad=True)
        with torch.no_grad(): t1 = t0[1:]
        t2 = torch.cat([t1, t1])
        hooks.append(t2.grad_fn.register_hook(lambda i, o: note('node', *i, *o)))
        t2.backward(weights(t2))
    """,
    "joined integers get their part of the gradient": """
        t0 = torch.tensor([1.0, 2.0, -0.5], requires_grad=True)
        t1 = torch.stack([torch.tensor([1, 2, 3]), t0 * 1])
        hooks.append(t1.grad_fn.register_hook(lambda i, o: note('node', *i, *o)))
        t1.backward(weights(t1))
    """,
    "hooks of a Function's node see gradients that nobody asked for": """
        t0 = torch.tensor([[3.0, -1.0], [2.0, 1.0]], dtype=torch.float64, requires_grad=True)
        t1 = Cube.apply(t0)
        hooks.append(t1.grad_fn.register_hook(lambda i, o: note('node', *i, *o)))
        t1.backward(weights(t1), inputs=[t1])
    """,
    "views that may not be edited in place can be compared": """
        t0 = torch.tensor([1.0, 2.0, -0.5], dtype=torch.float64, requires_grad=True)
        t1 = t0.unbind(0)[0]
        t2 = t1 == t1
        with torch.no_grad(): t1.add_(t1)
        t3 = t1 == t1
    """,
}
